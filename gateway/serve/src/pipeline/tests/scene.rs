//! A pipeline over one broker, and texts for what comes out of it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use crate::{
    broker::{Broker, Clusters, Fetch, embedded::EmbeddedBroker},
    message::{Message, Record, StoredRecord, TopicName, TopicPartition},
    pipeline::{Chain, Consumed, Outcome, Pipeline, PipelineSettings},
    plugin::{CallContext, Plugin},
    telemetry::Counters,
};

/// Partitions of topics that a publish creates.
pub(super) const PARTITIONS: u32 = 4;

/// Topics are created where they are missing, and no deadline passes by itself.
pub(super) fn settings() -> PipelineSettings {
    PipelineSettings {
        publish_deadline: Duration::from_mins(1),
        create_topics: true,
        partitions: PARTITIONS,
        topics_max: 100,
    }
}

/// A pipeline over one broker.
pub(super) struct Scene {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) counters: Arc<Counters>,
}

impl Scene {
    /// Over a log in memory. The plugins are met in the order of the list.
    pub(super) fn new(plugins: impl IntoIterator<Item = Arc<Plugin>>) -> Self {
        Self::over(EmbeddedBroker::memory().unwrap(), settings(), plugins)
    }

    pub(super) fn over(
        broker: impl Broker + 'static,
        settings: PipelineSettings,
        plugins: impl IntoIterator<Item = Arc<Plugin>>,
    ) -> Self {
        let counters = Arc::new(Counters::default());
        let chain = Chain::new(1, plugins.into_iter().collect());
        let clusters = Clusters::one(Arc::new(broker));
        let pipeline = Pipeline::new(chain, clusters, settings, Arc::clone(&counters));
        Self { pipeline: Arc::new(pipeline), counters }
    }

    /// Publishes to `orders`; how each message ended.
    pub(super) async fn publish(&self, values: &[&'static str]) -> Vec<String> {
        self.produce(values.iter().map(|value| message("orders", value)).collect()).await
    }

    /// Publishes one burst; how each message ended.
    pub(super) async fn produce(&self, messages: Vec<Message>) -> Vec<String> {
        let chain = self.pipeline.chain();
        let cluster = self.pipeline.clusters().default();
        let outcomes = self.pipeline.produce(&chain, cluster, &context(), messages).await;
        outcomes.iter().map(ended).collect()
    }

    /// Runs records of `orders` with these values through the chain, on their way to a client.
    pub(super) fn consume(&self, values: &[&'static str]) -> Consumed {
        let stored = values.iter().zip(0..).map(|(value, offset)| {
            let record = message("orders", value).record;
            StoredRecord { offset, record }
        });
        let chain = self.pipeline.chain();
        let topic = TopicName::new("orders").unwrap();
        self.pipeline.consume(&chain, &context(), (&topic, 0), stored.collect())
    }

    /// The values of all partitions of a topic, one partition after the other.
    pub(super) async fn stored(&self, topic: &str) -> Vec<String> {
        let broker = &self.pipeline.clusters().default().broker;
        let mut values = Vec::new();
        let topic = TopicName::new(topic).unwrap();
        for partition in 0..PARTITIONS {
            let (topic, from, records_max, bytes_max) = (topic.clone(), 0, 100, 1_000_000);
            let fetch = Fetch {
                partition: TopicPartition::new(topic, partition),
                from,
                records_max,
                bytes_max,
            };
            values.extend(
                broker.fetch(fetch).await.unwrap().iter().map(|s| text(s.record.value.as_ref())),
            );
        }
        values
    }
}

/// A message for partition 0, so that the messages of a burst stay in order.
pub(super) fn message(topic: &str, value: &'static str) -> Message {
    let value = Some(Bytes::from_static(value.as_bytes()));
    Message {
        topic: TopicName::new(topic).unwrap(),
        partition: Some(0),
        record: Record { value, ..Record::default() },
        expected_offset: None,
    }
}

/// The values of records that a client gets.
pub(super) fn shown(consumed: &Consumed) -> Vec<String> {
    consumed.shown.iter().map(|stored| text(stored.record.value.as_ref())).collect()
}

pub(super) fn context() -> CallContext {
    CallContext { principal: "ann".into(), timestamp_ms: 1 }
}

fn text(value: Option<&Bytes>) -> String {
    let value = value.map_or(&b"(tombstone)"[..], Bytes::as_ref);
    String::from_utf8_lossy(value).into_owned()
}

/// `stored TOPIC/PARTITION`, `dropped`, or the error reply.
fn ended(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Stored(receipt) => format!("stored {}/{}", receipt.topic, receipt.partition),
        Outcome::Dropped => "dropped".to_owned(),
        Outcome::Rejected(rejection) => rejection.to_string(),
    }
}
