//! Metadata of topics, and offsets by time. Reads no records and joins no group.

use std::{fmt, sync::Arc, time::Duration};

use krafka::{
    KrafkaError, TopicInfo,
    admin::{ListTopicsOptions, TopicPartition},
    consumer::Consumer,
};
use tokio::{
    sync::OnceCell,
    time::{sleep, timeout},
};

use super::{connection::KafkaConnection, error};
use crate::broker::BrokerError;

/// Between two attempts at something that Kafka says will pass.
const PAUSE: Duration = Duration::from_millis(50);

/// Asks over one connection.
pub(super) struct MetadataClient {
    connection: Arc<KafkaConnection>,
    limit: Duration,
    /// Made once: the connection's client stays.
    consumer: OnceCell<Consumer>,
}

impl fmt::Debug for MetadataClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetadataClient")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

impl MetadataClient {
    /// Every request ends within `limit`.
    pub(super) fn new(connection: Arc<KafkaConnection>, limit: Duration) -> Self {
        Self { connection, limit, consumer: OnceCell::new() }
    }

    /// All topics of the cluster, asked for now.
    pub(super) async fn topics(&self) -> Result<Vec<TopicInfo>, BrokerError> {
        let kafka = self.connection.kafka().await?;
        let options = ListTopicsOptions::default().timeout(self.limit);
        let names = kafka.admin().list_topics(options).await;
        names.map_err(|error| error::on_query(&error))?;
        let all = self.consumer(&kafka).await?.fetch_metadata(None).await;
        Ok(all.map_err(|error| error::on_query(&error))?.topics)
    }

    /// Asks about one topic again, so that all users of the connection know its newest partitions.
    pub(super) async fn refresh(&self, topic: &str) -> Result<(), BrokerError> {
        let kafka = self.connection.kafka().await?;
        let looked = self.consumer(&kafka).await?.fetch_metadata(Some(topic)).await;
        looked.map(drop).map_err(|error| error::on_query(&error))
    }

    /// Offset of the first record at or after a time; `None` if there is none.
    pub(super) async fn offset_at(
        &self,
        partition: &TopicPartition,
        timestamp_ms: i64,
    ) -> Result<Option<u64>, KrafkaError> {
        let asking = async {
            loop {
                match self.ask_offset(partition, timestamp_ms).await {
                    Err(error) if error.is_retriable() => sleep(PAUSE).await,
                    answer => return answer,
                }
            }
        };
        let late = |_| KrafkaError::timeout("an offset by time");
        timeout(self.limit, asking).await.map_err(late)?
    }

    async fn ask_offset(
        &self,
        partition: &TopicPartition,
        timestamp_ms: i64,
    ) -> Result<Option<u64>, KrafkaError> {
        let away = |error: BrokerError| KrafkaError::timeout(error.to_string());
        let kafka = self.connection.kafka().await.map_err(away)?;
        let consumer = self.consumer(&kafka).await.map_err(away)?;
        let asked = [(partition.topic.as_str(), partition.partition)];
        let answers = consumer.offsets_for_times(&asked, timestamp_ms).await;
        let missing = || Err(KrafkaError::illegal_state("Kafka's answer does not say"));
        let answer = answers.into_values().next().unwrap_or_else(missing)?;
        Ok(u64::try_from(answer).ok())
    }

    async fn consumer(&self, kafka: &krafka::Kafka) -> Result<&Consumer, BrokerError> {
        let made = self.consumer.get_or_try_init(|| {
            kafka.consumer_without_group().enable_auto_commit(false).metrics_push(false).build()
        });
        made.await.map_err(|error| error::on_query(&error))
    }
}
