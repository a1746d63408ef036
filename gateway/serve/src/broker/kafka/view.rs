//! A look into what a link's metadata says, and at offsets by time. It reads no records and
//! belongs to no group.

use std::{fmt, sync::Arc, time::Duration};

use krafka::{KrafkaError, TopicInfo, admin::ListTopicsOptions, consumer::Consumer};
use tokio::{
    sync::OnceCell,
    time::{sleep, timeout},
};

use super::{fault, link::Link};
use crate::broker::BrokerError;

/// Between two attempts at something that Kafka says will pass.
const PAUSE: Duration = Duration::from_millis(50);

/// The view over one link.
pub(super) struct View {
    link: Arc<Link>,
    limit: Duration,
    /// Made once: the link's handle stays.
    consumer: OnceCell<Consumer>,
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("link", &self.link).finish_non_exhaustive()
    }
}

impl View {
    /// Every question is answered within `limit`.
    pub(super) fn new(link: Arc<Link>, limit: Duration) -> Self {
        Self { link, limit, consumer: OnceCell::new() }
    }

    /// All topics of the cluster, as it tells them now.
    pub(super) async fn topics(&self) -> Result<Vec<TopicInfo>, BrokerError> {
        let kafka = self.link.kafka().await?;
        let options = ListTopicsOptions::default().timeout(self.limit);
        let names = kafka.admin().list_topics(options).await;
        names.map_err(|error| fault::asking(&error))?;
        let all = self.consumer(&kafka).await?.fetch_metadata(None).await;
        Ok(all.map_err(|error| fault::asking(&error))?.topics)
    }

    /// Asks about one topic again, so that all clients of the link know its newest partitions.
    pub(super) async fn refresh(&self, topic: &str) -> Result<(), BrokerError> {
        let kafka = self.link.kafka().await?;
        let looked = self.consumer(&kafka).await?.fetch_metadata(Some(topic)).await;
        looked.map(drop).map_err(|error| fault::asking(&error))
    }

    /// Offset of the first record at or after a time; `None` if there is none.
    pub(super) async fn offset_at(
        &self,
        (topic, partition): (&str, i32),
        timestamp_ms: i64,
    ) -> Result<Option<u64>, KrafkaError> {
        let asking = async {
            loop {
                match self.ask_offset(topic, partition, timestamp_ms).await {
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
        topic: &str,
        partition: i32,
        timestamp_ms: i64,
    ) -> Result<Option<u64>, KrafkaError> {
        let away = |error: BrokerError| KrafkaError::timeout(error.to_string());
        let kafka = self.link.kafka().await.map_err(away)?;
        let consumer = self.consumer(&kafka).await.map_err(away)?;
        let answers = consumer.offsets_for_times(&[(topic, partition)], timestamp_ms).await;
        let missing = || Err(KrafkaError::illegal_state("Kafka's answer does not say"));
        let answer = answers.into_values().next().unwrap_or_else(missing)?;
        Ok(u64::try_from(answer).ok())
    }

    async fn consumer(&self, kafka: &krafka::Kafka) -> Result<&Consumer, BrokerError> {
        let made = self.consumer.get_or_try_init(|| {
            kafka.consumer_without_group().enable_auto_commit(false).metrics_push(false).build()
        });
        made.await.map_err(|error| fault::asking(&error))
    }
}
