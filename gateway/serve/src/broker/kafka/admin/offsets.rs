//! Where partitions begin and end.

use krafka::{
    KrafkaError,
    admin::{ListOffsetsOptions, OffsetSpec},
};

use super::{Admin, one, unsigned};
use crate::{
    broker::{BrokerError, OffsetRange, kafka::fault},
    message::TopicName,
};

impl Admin {
    /// Oldest and next offset of a partition.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused`, `Unreachable`.
    pub(in super::super) async fn offsets(
        &self,
        topic: &TopicName,
        partition: u32,
    ) -> Result<OffsetRange, BrokerError> {
        let (start, end) = tokio::try_join!(
            self.offset(topic, partition, OffsetSpec::Earliest),
            self.offset(topic, partition, OffsetSpec::Latest),
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
        topic: &TopicName,
        partition: u32,
        timestamp_ms: i64,
    ) -> Result<u64, BrokerError> {
        let place = self.place(topic, partition);
        // Negative times mean other things to Kafka.
        let found = self.view.offset_at((&place.topic, place.partition), timestamp_ms.max(0)).await;
        match found.map_err(|error| fault::asking_about(topic, &error))? {
            Some(found) => Ok(found),
            None => self.offset(topic, partition, OffsetSpec::Latest).await,
        }
    }

    /// What all partitions of a topic answer to one question, by number.
    async fn ask_all(
        &self,
        topic: &TopicName,
        partitions: u32,
        spec: OffsetSpec,
    ) -> Result<Vec<u64>, BrokerError> {
        let places: Vec<_> = (0..partitions).map(|number| self.place(topic, number)).collect();
        let options = self.readable();
        let specs = places.iter().map(|place| (place.clone(), spec));
        let answers = self.client().await?.list_offsets(specs, options).await;
        let mut answers = answers.map_err(|error| fault::asking_about(topic, &error))?;
        let answer = |place| {
            let missing = || KrafkaError::illegal_state("Kafka's answer does not say");
            let listed = answers.remove(place).unwrap_or_else(|| Err(missing()));
            let listed = listed.map_err(|error| fault::asking_about(topic, &error))?;
            Ok(unsigned(listed.offset))
        };
        places.iter().map(answer).collect()
    }

    /// Up to the end of what can be read: a transaction that is open ends it.
    fn readable(&self) -> ListOffsetsOptions {
        ListOffsetsOptions::default().timeout(self.timeout).read_committed(true)
    }

    async fn offset(
        &self,
        topic: &TopicName,
        partition: u32,
        spec: OffsetSpec,
    ) -> Result<u64, BrokerError> {
        let place = self.place(topic, partition);
        let options = self.readable();
        let answer = self.client().await?.list_offsets([(place.clone(), spec)], options).await;
        let listed = one(answer, &place).map_err(|error| fault::asking_about(topic, &error))?;
        Ok(unsigned(listed.offset))
    }
}
