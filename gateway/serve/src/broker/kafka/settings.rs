//! Settings of one Kafka cluster.

use std::{fmt, path::PathBuf, time::Duration};

/// How one cluster is reached and used. Filled by the configuration.
#[derive(Clone, Debug)]
pub struct ClusterSettings {
    /// Name in the configuration and in grants.
    pub name: String,
    /// Begins the names of all topics and groups in Kafka and is hidden from clients, so that
    /// several gateways can share a cluster without seeing each other; empty for none.
    pub name_prefix: String,
    /// Brokers to ask first, `host:port`, at least one.
    pub bootstrap: Vec<String>,
    /// What Kafka's logs and quotas call this gateway.
    pub client_id: String,
    /// Encryption; `None` speaks plain text.
    pub tls: Option<TlsSettings>,
    /// Login; `None` for none.
    pub sasl: Option<SaslSettings>,
    /// How batches are compressed.
    pub compression: Compression,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for one answer of a broker.
    pub request_timeout: Duration,
    /// Within this time a produced batch is stored, refused, or given up.
    pub delivery_timeout: Duration,
    /// How often topics are refreshed.
    pub metadata_refresh: Duration,
    /// Most bytes waiting to be stored; above it callers get `Busy`.
    pub queue_bytes_max: usize,
    /// Most bytes of records kept in memory for readers at the end of partitions.
    pub tail_bytes_max: usize,
    /// Copies of each record in topics that the gateway makes; `None` is Kafka's own default.
    pub replicas: Option<u16>,
    /// How partitions are assigned to group members.
    pub group_protocol: GroupProtocol,
    /// A name of this gateway that stays the same over restarts, which makes its membership
    /// static; `None` for a new member each time.
    pub group_instance: Option<String>,
    /// Kafka removes a member without heartbeats after so long.
    pub session_timeout: Duration,
}

/// How a connection is encrypted.
#[derive(Clone, Debug, Default)]
pub struct TlsSettings {
    /// PEM file of the authorities that may sign; `None` trusts the public web's.
    pub ca_file: Option<PathBuf>,
    /// PEM files of this client's certificate chain and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// Name expected in the brokers' certificates, where it is not that of their address.
    pub server_name: Option<String>,
}

/// A user and the password; neither is ever logged.
#[derive(Clone)]
pub struct Login {
    /// Who.
    pub user: String,
    /// The secret.
    pub password: String,
}

/// How the gateway logs in.
#[derive(Clone)]
pub enum SaslSettings {
    /// User and password as they are.
    Plain(Login),
    /// SCRAM-SHA-256.
    ScramSha256(Login),
    /// SCRAM-SHA-512.
    ScramSha512(Login),
    /// The bearer token in this file, which another program keeps fresh: it is read whenever a
    /// token is needed.
    OauthBearer(PathBuf),
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

impl fmt::Debug for SaslSettings {
    /// The mechanism alone: credentials are never logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "PLAIN",
            Self::ScramSha256(_) => "SCRAM-SHA-256",
            Self::ScramSha512(_) => "SCRAM-SHA-512",
            Self::OauthBearer(_) => "OAUTHBEARER",
        })
    }
}

/// How batches are compressed on their way to Kafka.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip.
    Gzip,
    /// Snappy.
    Snappy,
    /// LZ4.
    Lz4,
    /// Zstandard.
    Zstd,
}

/// How partitions are assigned to group members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupProtocol {
    /// Members assign partitions, cooperative-sticky; every version of Kafka knows it.
    #[default]
    Classic,
    /// Brokers assign partitions (KIP-848); Kafka 4.0 and newer.
    Consumer,
}
