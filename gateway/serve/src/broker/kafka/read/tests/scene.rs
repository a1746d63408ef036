//! What a test reads, and the other client that writes it.

use std::{
    fs,
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use krafka::{
    Kafka, Record,
    admin::{CreateTopicsOptions, NewTopic},
    producer::Producer,
};

use crate::{
    broker::{
        Fetch,
        kafka::{
            connection::KafkaConnection,
            convert::offset_from_kafka,
            names::NameMapping,
            read::ClusterReader,
            settings::{ClusterSettings, Compression, GroupProtocol},
        },
    },
    message::{StoredRecord, TopicName, TopicPartition},
};

/// Says loudly that a test was skipped.
pub(in crate::broker::kafka) fn note(skipped: &str) {
    if let Ok(skips) = std::env::var("SLUICEGATE_SKIPS") {
        let mut skips = fs::File::options().append(true).create(true).open(skips).unwrap();
        writeln!(skips, "{skipped}").unwrap();
    }
}

/// Tells the names of tests apart.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Settings for the Kafka that the environment names, with names of their own; `None`, said
/// loudly, if it names none.
pub(in crate::broker::kafka) fn settings() -> Option<ClusterSettings> {
    let Ok(at) = std::env::var("SLUICEGATE_KAFKA") else {
        note("skipped: because no Kafka is named by SLUICEGATE_KAFKA");
        return None;
    };
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    Some(ClusterSettings {
        name: "test".to_owned(),
        name_prefix: format!("read-{time}-{}-{count}.", std::process::id()),
        bootstrap: vec![at],
        client_id: "sluicegate-test".to_owned(),
        tls: None,
        sasl: None,
        compression: Compression::None,
        connect_timeout: Duration::from_secs(2),
        request_timeout: Duration::from_secs(5),
        delivery_timeout: Duration::from_secs(5),
        metadata_refresh: Duration::from_secs(5),
        queue_bytes_max: 64 << 20,
        tail_bytes_max: 16 << 20,
        replicas: None,
        group_protocol: GroupProtocol::Classic,
        group_instance: None,
        session_timeout: Duration::from_secs(6),
    })
}

/// What one test reads, and another client that writes it.
pub(in crate::broker::kafka) struct Scene {
    pub(in crate::broker::kafka) settings: Arc<ClusterSettings>,
    pub(in crate::broker::kafka) names: NameMapping,
    pub(in crate::broker::kafka) kafka: Kafka,
    pub(super) producer: Producer,
    pub(super) reader: ClusterReader,
}

impl Scene {
    pub(in crate::broker::kafka) async fn open(settings: ClusterSettings) -> Self {
        let settings = Arc::new(settings);
        let names = NameMapping::new(&settings.name_prefix);
        let kafka = Kafka::builder(settings.bootstrap.join(",")).connect().await.unwrap();
        let producer = kafka.producer().max_request_size(9 << 20).build().await.unwrap();
        let connection = |purpose| Arc::new(KafkaConnection::new(Arc::clone(&settings), purpose));
        let reader = ClusterReader::new(&settings, &names, connection("ask"), connection("feed"));
        Self { settings, names, kafka, producer, reader }
    }

    /// Makes a topic whose records may be large.
    pub(in crate::broker::kafka) async fn topic(&self, name: &str, partitions: i32) -> TopicName {
        let topic = TopicName::new(name).unwrap();
        let new = NewTopic::new(self.names.topic(&topic), partitions, 1).unwrap();
        let new = new.with_config("max.message.bytes", "8000000");
        let made =
            self.kafka.admin().create_topics([new], CreateTopicsOptions::default()).await.unwrap();
        for (_, result) in made {
            result.unwrap();
        }
        topic
    }

    pub(super) fn record(&self, topic: &TopicName, value: impl Into<Bytes>) -> Record {
        Record::new(self.names.topic(topic), value).partition(0)
    }

    pub(super) async fn send(&self, record: Record) -> u64 {
        offset_from_kafka(self.producer.send(record).await.unwrap().offset)
    }

    pub(super) async fn fetch(&self, topic: &TopicName, from: u64) -> Vec<StoredRecord> {
        let fetch = Fetch {
            partition: TopicPartition::new(topic.clone(), 0),
            from,
            records_max: usize::MAX,
            bytes_max: usize::MAX,
        };
        self.reader.fetch(fetch).await.unwrap()
    }

    /// Fetches as readers do, until there are `count` records.
    pub(super) async fn wait(
        &self,
        topic: &TopicName,
        mut from: u64,
        count: usize,
    ) -> Vec<StoredRecord> {
        let mut watch = self.reader.watch(topic);
        let mut found = Vec::new();
        while found.len() < count {
            watch.mark_unchanged();
            let more = self.fetch(topic, from).await;
            if more.is_empty() {
                let changed = tokio::time::timeout(Duration::from_secs(10), watch.changed());
                changed.await.expect("records are announced").unwrap();
            }
            from = more.last().map_or(from, |stored| stored.offset + 1);
            found.extend(more);
        }
        found
    }
}
