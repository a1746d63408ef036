//! `[broker]` and `[broker.clusters.NAME]`: where messages are stored, and how a Kafka cluster is
//! reached and used.

use std::time::Duration;

use super::{BrokerKind, BrokerSettings, file::Section, sections::unless_zero, values::PemFiles};
use crate::broker::kafka::settings::{
    ClusterSettings, Compression, GroupProtocol, Login, SaslSettings, TlsSettings,
};

/// What a batch needs beyond the wait for Kafka's answer, so that clients hear in time.
const ANSWER_MARGIN: Duration = Duration::from_millis(100);
/// Shortest time in which a batch can be given up.
const DELIVERY_MIN: Duration = Duration::from_millis(300);

/// Mechanisms of SASL, by the names Kafka gives them.
#[derive(Clone, Copy)]
enum Mechanism {
    None,
    Plain,
    ScramSha256,
    ScramSha512,
    OauthBearer,
}

/// `[broker]`.
pub(super) fn broker(mut section: Section<'_, '_>, publish_deadline: Duration) -> BrokerSettings {
    let kinds = [
        ("embedded", BrokerKind::Embedded),
        ("memory", BrokerKind::Memory),
        ("kafka", BrokerKind::Kafka),
    ];
    let retention_bytes = section.integer("retention_bytes", 0, 0..=u64::MAX);
    let queue_bytes_max = section.size("queue_bytes_max", 64 << 20, (1 << 20)..=(1 << 32));
    let clusters = section.sections("clusters").into_iter();
    let clusters: Vec<_> =
        clusters.map(|section| cluster(section, publish_deadline, queue_bytes_max)).collect();
    let settings = BrokerSettings {
        kind: section.choice("kind", BrokerKind::Embedded, &kinds),
        folder: section.string("folder", "./data").into(),
        segment_bytes: section.integer("segment_bytes", 128 << 20, (1 << 16)..=(1 << 30)),
        retention_bytes: (retention_bytes > 0).then_some(retention_bytes),
        retention: unless_zero(section.seconds("retention_secs", 604_800, 0..=u64::MAX >> 10)),
        queue_bytes_max,
        cluster: default_cluster(&mut section, &clusters),
        clusters,
    };
    if settings.kind == BrokerKind::Kafka && settings.clusters.is_empty() {
        let hint =
            "add a section such as `[broker.clusters.main]` with `bootstrap = [\"host:9092\"]`";
        section.incomplete("clusters", "the kind `kafka` needs a cluster", hint);
    }
    section.finish();
    settings
}

/// The cluster of clients whose login names none: it must be said where there are several.
fn default_cluster(section: &mut Section<'_, '_>, clusters: &[ClusterSettings]) -> String {
    let names: Vec<_> = clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    let known = names.join(", ");
    match section.text("cluster").map(|found| found.text) {
        Some(name) if names.contains(&name.as_str()) => name,
        Some(name) => {
            let hint = format!("the clusters are: {known}");
            section.incomplete("cluster", &format!("there is no cluster `{name}`"), &hint);
            name
        }
        None => {
            if names.len() > 1 {
                let hint = format!("set it to one of: {known}");
                section.incomplete("cluster", "it must name the default cluster", &hint);
            }
            names.first().map(|name| (*name).to_owned()).unwrap_or_default()
        }
    }
}

/// Reads one cluster. A publish is answered within `publish_deadline`.
fn cluster(
    mut section: Section<'_, '_>,
    publish_deadline: Duration,
    queue_bytes_max: usize,
) -> ClusterSettings {
    let delivery_timeout = publish_deadline.saturating_sub(ANSWER_MARGIN).max(DELIVERY_MIN);
    let connect_timeout = section.milliseconds("connect_timeout_ms", 1_000, 10..=60_000);
    let request_timeout = section.milliseconds("request_timeout_ms", 2_000, 100..=60_000);
    let metadata_refresh = section.milliseconds("metadata_refresh_ms", 5_000, 100..=600_000);
    let session_timeout = section.milliseconds("session_timeout_ms", 10_000, 1_000..=1_800_000);
    let bootstrap = section.strings("bootstrap").unwrap_or_default();
    if bootstrap.is_empty() {
        let hint = "name one or more brokers, such as `bootstrap = [\"kafka-1:9092\"]`";
        section.incomplete("bootstrap", "no broker to ask first", hint);
    }
    let replicas = section.integer("replicas", 0, 0..=100);
    let group_instance = section.optional("group_instance");
    let settings = ClusterSettings {
        name_prefix: section.string("name_prefix", ""),
        bootstrap,
        client_id: section.string("client_id", "sluicegate"),
        tls: section.contains("tls").then(|| tls(section.section("tls"))),
        sasl: sasl(section.section("sasl")),
        compression: compression(&mut section),
        connect_timeout,
        request_timeout: request_timeout.min(delivery_timeout.saturating_sub(ANSWER_MARGIN)),
        delivery_timeout,
        metadata_refresh,
        queue_bytes_max,
        tail_bytes_max: section.size("tail_bytes_max", 64 << 20, (1 << 20)..=(1 << 36)),
        replicas: u16::try_from(replicas).ok().filter(|replicas| *replicas > 0),
        group_protocol: section.choice(
            "group_protocol",
            GroupProtocol::Classic,
            &[("classic", GroupProtocol::Classic), ("consumer", GroupProtocol::Consumer)],
        ),
        group_instance,
        session_timeout,
        name: section.name().to_owned(),
    };
    section.finish();
    settings
}

fn compression(section: &mut Section<'_, '_>) -> Compression {
    let words = [
        ("none", Compression::None),
        ("gzip", Compression::Gzip),
        ("snappy", Compression::Snappy),
        ("lz4", Compression::Lz4),
        ("zstd", Compression::Zstd),
    ];
    section.choice("compression", Compression::None, &words)
}

fn tls(mut section: Section<'_, '_>) -> TlsSettings {
    let PemFiles { ca_file, identity } = section.pem_files();
    let server_name = section.optional("server_name");
    section.finish();
    TlsSettings { ca_file, identity, server_name }
}

fn sasl(mut section: Section<'_, '_>) -> Option<SaslSettings> {
    let words = [
        ("PLAIN", Mechanism::Plain),
        ("SCRAM-SHA-256", Mechanism::ScramSha256),
        ("SCRAM-SHA-512", Mechanism::ScramSha512),
        ("OAUTHBEARER", Mechanism::OauthBearer),
    ];
    let mechanism = section.choice("mechanism", Mechanism::None, &words);
    let needs = |section: &mut Section<'_, '_>, key: &'static str| {
        let text = section.string(key, "");
        if text.is_empty() {
            section.incomplete(key, "this mechanism needs it", "");
        }
        text
    };
    let login = |section: &mut Section<'_, '_>| Login {
        user: needs(section, "user"),
        password: needs(section, "password"),
    };
    let settings = match mechanism {
        Mechanism::None => None,
        Mechanism::Plain => Some(SaslSettings::Plain(login(&mut section))),
        Mechanism::ScramSha256 => Some(SaslSettings::ScramSha256(login(&mut section))),
        Mechanism::ScramSha512 => Some(SaslSettings::ScramSha512(login(&mut section))),
        Mechanism::OauthBearer => {
            Some(SaslSettings::OauthBearer(needs(&mut section, "token_file").into()))
        }
    };
    section.finish();
    settings
}
