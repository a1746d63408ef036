//! Offsets of partitions.

use krafka::{
    KrafkaError,
    admin::{ListOffsetsOptions, OffsetSpec},
};

use super::{Admin, one};
use crate::{
    broker::{
        BrokerError, OffsetRange,
        kafka::{convert::offset_from_kafka, error},
    },
    message::{self, TopicName},
};

impl Admin {
    /// Oldest and next offset of a partition.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused`, `Unreachable`.
    pub(in super::super) async fn offsets(
        &self,
        partition: &message::TopicPartition,
    ) -> Result<OffsetRange, BrokerError> {
        let (start, end) = tokio::try_join!(
            self.offset(partition, OffsetSpec::Earliest),
            self.offset(partition, OffsetSpec::Latest),
        )?;
        // Records may have been added between the two answers, or deleted.
        Ok(OffsetRange { start, end: end.max(start) })
    }

    /// Oldest and next offset of every partition: one request a leader and end.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused`, `Unreachable`.
    pub(in super::super) async fn all_offsets(
        &self,
        topic: &TopicName,
        partitions: u32,
    ) -> Result<Vec<OffsetRange>, BrokerError> {
        let (starts, ends) = tokio::try_join!(
            self.ask_all(topic, partitions, OffsetSpec::Earliest),
            self.ask_all(topic, partitions, OffsetSpec::Latest),
        )?;
        let range = |(start, end): (u64, u64)| OffsetRange { start, end: end.max(start) };
        Ok(starts.into_iter().zip(ends).map(range).collect())
    }

    /// Offset of the first record at or after `timestamp_ms`; the end if there is none.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused`, `Unreachable`.
    pub(in super::super) async fn offset_at(
        &self,
        partition: &message::TopicPartition,
        timestamp_ms: i64,
    ) -> Result<u64, BrokerError> {
        let at = self.partition_in_kafka(partition);
        // Negative times have another meaning in Kafka.
        let found = self.metadata.offset_at(&at, timestamp_ms.max(0)).await;
        match found.map_err(|error| error::on_query_of(&partition.topic, &error))? {
            Some(found) => Ok(found),
            None => self.offset(partition, OffsetSpec::Latest).await,
        }
    }

    /// One offset of every partition of a topic, by number.
    async fn ask_all(
        &self,
        topic: &TopicName,
        partitions: u32,
        spec: OffsetSpec,
    ) -> Result<Vec<u64>, BrokerError> {
        let all: Vec<_> = (0..partitions).map(|number| self.numbered(topic, number)).collect();
        let options = self.readable();
        let specs = all.iter().map(|each| (each.clone(), spec));
        let answers = self.client().await?.list_offsets(specs, options).await;
        let mut answers = answers.map_err(|error| error::on_query_of(topic, &error))?;
        let answer = |each| {
            let missing = || KrafkaError::illegal_state("Kafka's answer does not say");
            let listed = answers.remove(each).unwrap_or_else(|| Err(missing()));
            let listed = listed.map_err(|error| error::on_query_of(topic, &error))?;
            Ok(offset_from_kafka(listed.offset))
        };
        all.iter().map(answer).collect()
    }

    /// Offsets end before the first open transaction, as reading does.
    fn readable(&self) -> ListOffsetsOptions {
        ListOffsetsOptions::default().timeout(self.timeout).read_committed(true)
    }

    async fn offset(
        &self,
        partition: &message::TopicPartition,
        spec: OffsetSpec,
    ) -> Result<u64, BrokerError> {
        let at = self.partition_in_kafka(partition);
        let options = self.readable();
        let answer = self.client().await?.list_offsets([(at.clone(), spec)], options).await;
        let listed =
            one(answer, &at).map_err(|error| error::on_query_of(&partition.topic, &error))?;
        Ok(offset_from_kafka(listed.offset))
    }
}
