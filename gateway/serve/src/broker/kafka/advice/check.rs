//! Checks the connection to a cluster, with errors that say what to change.

use std::{fmt, io, sync::Arc};

use anyhow::{Context as _, Error, anyhow};
use krafka::{
    KrafkaError, ProtocolErrorKind,
    admin::{DescribeClusterOptions, ListTopicsOptions},
};

use crate::broker::kafka::{connection, error, names::NameMapping, settings::ClusterSettings};

/// The answer of a cluster that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterReport {
    /// Its id.
    pub cluster_id: String,
    /// Brokers it has.
    pub brokers: usize,
    /// Topics that clients of the gateway would see.
    pub topics: usize,
}

impl fmt::Display for ClusterReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cluster_id, brokers, topics } = self;
        write!(f, "cluster {cluster_id}, {brokers} brokers, {topics} topics")
    }
}

/// Connects, logs in and asks for the topics, once.
///
/// # Errors
/// What is wrong and what to look at: nobody listens, the login, the certificate, encryption
/// spoken to a port that has none and the other way round.
pub async fn check_connection(settings: &ClusterSettings) -> Result<ClusterReport, Error> {
    let kafka = connection::connect(Arc::new(settings.clone()))
        .await
        .map_err(|error| explain(settings, &error))?;
    let admin = kafka.admin();
    let limit = settings.request_timeout;
    let cluster = admin.describe_cluster(DescribeClusterOptions::default().timeout(limit)).await;
    let cluster = cluster.context("the cluster does not describe itself")?;
    let topics = admin.list_topics(ListTopicsOptions::default().timeout(limit)).await;
    let topics = topics.context("the cluster does not list its topics")?;
    let names = NameMapping::new(&settings.name_prefix);
    Ok(ClusterReport {
        cluster_id: cluster.cluster_id,
        brokers: cluster.brokers.len(),
        topics: topics.iter().filter(|topic| names.shown(topic).is_some()).count(),
    })
}

fn explain(settings: &ClusterSettings, error: &KrafkaError) -> Error {
    let at = settings.bootstrap.join(",");
    let words = error::describe(error);
    let said = words.to_ascii_lowercase();
    let hint = match error {
        KrafkaError::Auth { .. } if said.contains("tls") => certificate(settings, &said),
        KrafkaError::Auth { .. } => login(settings, &said),
        KrafkaError::Network(error) => network(settings, error.kind(), &said),
        KrafkaError::Protocol { kind, .. } if is_not_kafka(*kind) => encryption(settings),
        KrafkaError::Timeout { .. } => {
            format!("nobody answered in time: check the address, or {}", encryption(settings))
        }
        _ => "check the settings of the cluster".to_owned(),
    };
    anyhow!("cannot connect to Kafka at {at}: {words}; {hint}")
}

fn login(settings: &ClusterSettings, said: &str) -> String {
    match &settings.sasl {
        Some(sasl) if said.contains("supports") => {
            format!("this port takes no login by {sasl:?}: see what it supports")
        }
        Some(sasl) => format!("Kafka refused the login by {sasl:?}: check user and password"),
        None => "Kafka wants a login: set `sasl`".to_owned(),
    }
}

fn certificate(settings: &ClusterSettings, said: &str) -> String {
    let ca = settings.tls.as_ref().and_then(|tls| tls.ca_file.as_ref());
    let ca = ca.map_or("the public authorities".to_owned(), |file| file.display().to_string());
    if said.contains("expired") {
        "the broker's certificate has expired: renew it".to_owned()
    } else if said.contains("unknownissuer") || said.contains("signature") {
        format!("the broker's certificate was not signed by {ca}: check the CA file")
    } else if said.contains("name") {
        "the broker's certificate is for another name: set the TLS server name".to_owned()
    } else if said.contains("invalidcontenttype") || said.contains("corrupt") {
        encryption(settings)
    } else {
        format!("check the certificates, trusted are those of {ca}")
    }
}

fn network(settings: &ClusterSettings, kind: io::ErrorKind, said: &str) -> String {
    if kind == io::ErrorKind::ConnectionRefused || said.contains("refused") {
        return "nobody listens there: is Kafka running, is the port right?".to_owned();
    }
    if said.contains("lookup") || said.contains("resolve") || said.contains("name or service") {
        return "the host name is not known: check the address".to_owned();
    }
    let mut hint = format!("Kafka hung up: {}", encryption(settings));
    if settings.sasl.is_none() {
        hint.push_str("; if it wants a login, set `sasl`");
    }
    hint
}

fn encryption(settings: &ClusterSettings) -> String {
    if settings.tls.is_some() {
        "if this port speaks plain text, remove `tls`".to_owned()
    } else {
        "if this port speaks TLS, set `tls`".to_owned()
    }
}

fn is_not_kafka(kind: ProtocolErrorKind) -> bool {
    !matches!(kind, ProtocolErrorKind::UnknownApiVersion)
}
