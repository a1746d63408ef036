//! The broker suite over a real Kafka.

use std::{
    fs::OpenOptions,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use krafka::admin::{CreatePartitionsOptions, DeleteTopicsOptions};
use tokio::time::sleep;

use super::{
    KafkaBroker,
    names::NameMapping,
    settings::{ClusterSettings, Compression, GroupProtocol},
};
use crate::{
    broker::{
        Append, Appended, Broker, BrokerError, BrokerState, NewTopic,
        suite::{self, broker_suite},
    },
    message::{Record, TopicName, TopicPartition},
};

/// `host:port` of the Kafka to test against.
const KAFKA: &str = "SLUICEGATE_KAFKA";
/// File that takes a line for each test that could not run.
const SKIPS: &str = "SLUICEGATE_SKIPS";

/// Settings for a cluster that no test shares topics with.
pub(super) fn settings(bootstrap: &str) -> ClusterSettings {
    static OPENED: AtomicU32 = AtomicU32::new(0);
    let nth = OPENED.fetch_add(1, Ordering::Relaxed);
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
    ClusterSettings {
        name: "test".to_owned(),
        name_prefix: format!("suite-{}-{now}-{nth}-", std::process::id()),
        bootstrap: vec![bootstrap.to_owned()],
        client_id: "sluicegate-test".to_owned(),
        tls: None,
        sasl: None,
        compression: Compression::None,
        connect_timeout: Duration::from_secs(2),
        request_timeout: Duration::from_secs(5),
        delivery_timeout: Duration::from_secs(10),
        metadata_refresh: Duration::from_secs(1),
        queue_bytes_max: 64 << 20,
        tail_bytes_max: 16 << 20,
        replicas: None,
        group_protocol: GroupProtocol::Classic,
        group_instance: None,
        session_timeout: Duration::from_secs(10),
    }
}

/// Where Kafka is; `None`, with a note, if no one was named.
pub(super) fn bootstrap() -> Option<String> {
    let named = std::env::var(KAFKA).ok().filter(|named| !named.is_empty());
    if named.is_none()
        && let Some(notes) = std::env::var_os(SKIPS)
    {
        let mut notes = OpenOptions::new().create(true).append(true).open(notes).unwrap();
        writeln!(notes, "skipped: because no Kafka is named by {KAFKA}").unwrap();
    }
    named
}

async fn open(bootstrap: &str) -> Arc<dyn Broker> {
    let kafka = KafkaBroker::open(settings(bootstrap));
    while kafka.state() != BrokerState::Ready {
        sleep(Duration::from_millis(10)).await;
    }
    Arc::new(kafka)
}

/// Topics, configs, added partitions and refusals, as Kafka has them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn topics_are_as_kafka_has_them() {
    let Some(bootstrap) = bootstrap() else { return };
    let settings = settings(&bootstrap);
    let names = NameMapping::new(&settings.name_prefix);
    let kafka = KafkaBroker::open(settings);
    let name = TopicName::new("told").unwrap();
    let configs = vec![("retention.ms".to_owned(), "1234567".to_owned())];
    let new = NewTopic { configs: configs.clone(), ..NewTopic::new(name.clone(), 2) };
    kafka.create_topic(new).await.unwrap();
    let bad = vec![("no.such.setting".to_owned(), "1".to_owned())];
    let bad = NewTopic { configs: bad, ..NewTopic::new(TopicName::new("bad").unwrap(), 1) };
    let refused = kafka.create_topic(bad).await.unwrap_err();
    assert!(matches!(&refused, BrokerError::Refused { reason } if reason.contains("no.such")));
    let details = kafka.describe_topic(&name).await.unwrap();
    assert_eq!((details.info.partitions, details.configs), (2, configs));

    // Partitions that another client adds are followed, and can be written to.
    let record = || Record { value: Some("v".into()), ..Record::default() };
    let append =
        |partition| Append::new(TopicPartition::new(name.clone(), partition), vec![record()]);
    kafka.produce(vec![append(1)]).await.remove(0).unwrap();
    let direct = krafka::Kafka::builder(&bootstrap).connect().await.unwrap();
    let admin = direct.admin();
    let added =
        admin.create_partitions([(names.topic(&name), 5)], CreatePartitionsOptions::default());
    added.await.unwrap().into_values().for_each(|added| added.unwrap());
    while kafka.topic("told").unwrap().partitions < 5 {
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(kafka.produce(vec![append(4)]).await.remove(0).unwrap(), Appended::run(0));
    for _ in 0..3 {
        kafka.produce(vec![append(1)]).await.remove(0).unwrap();
    }
    assert_eq!(kafka.delete_records(&TopicPartition::new(name.clone(), 1), 3).await.unwrap(), 3);
    let range = kafka.offsets(&TopicPartition::new(name.clone(), 1)).await.unwrap();
    assert_eq!((range.start, range.end), (3, 4));

    // What Kafka is too small for is refused, and nothing else with it.
    let large = Record { value: Some(vec![7; 2 << 20].into()), ..Record::default() };
    let large = Append::new(TopicPartition::new(name.clone(), 0), vec![large]);
    let refused = kafka.produce(vec![large]).await.remove(0).unwrap_err();
    assert!(refused.to_string().contains("`max.message.bytes`"), "{refused}");

    // Deletion is followed.
    let gone = admin.delete_topics([names.topic(&name)], DeleteTopicsOptions::default());
    gone.await.unwrap().into_values().for_each(|gone| gone.unwrap());
    while kafka.topic("told").is_some() {
        sleep(Duration::from_millis(20)).await;
    }
    kafka.close().await.unwrap();
}

broker_suite! {{
    let Some(bootstrap) = bootstrap() else { return };
    ((), open(&bootstrap).await)
}}
