//! Reads records: from memory at the ends of partitions, from Kafka before them.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use self::{
    cold::{ColdReaders, reader::ColdRead},
    feed::TailFeed,
    tail_cache::ReadBelow,
};
use super::{connection::KafkaConnection, names::NameMapping, settings::ClusterSettings};
use crate::{
    broker::{BrokerError, Fetch, OffsetRange},
    message::{StoredRecord, TopicName, TopicPartition},
};

mod standalone; // Kafka's consumer without a group
mod tail; //       the newest records of a partition
mod tail_cache; // those of all followed partitions
mod feed; //       follows partitions
mod cold; //       reads before the tails
#[cfg(test)]
pub(super) mod tests;

/// Longest wait for the feed to bring records that are known to be stored, before they are fetched.
const FEED_LAG: Duration = Duration::from_millis(50);

/// All reading of one cluster.
///
/// After a fetch that finds nothing at the end of a partition, that end is followed: from then on
/// memory serves all readers there. A pool of readers serves those before it.
#[derive(Debug)]
pub(super) struct ClusterReader {
    feed: TailFeed,
    cold: ColdReaders,
}

impl ClusterReader {
    /// Reads over `ask`, whose requests are answered at once, and over `feed`, whose requests wait.
    pub(super) fn new(
        settings: &ClusterSettings,
        names: &NameMapping,
        ask: Arc<KafkaConnection>,
        feed: Arc<KafkaConnection>,
    ) -> Self {
        Self {
            feed: TailFeed::new(names.clone(), feed, settings.tail_bytes_max),
            cold: ColdReaders::new(names.clone(), ask, settings.request_timeout),
        }
    }

    /// Reads records that are durable and committed, oldest first; empty at the end of the
    /// partition, which has to exist.
    ///
    /// # Errors
    /// `Unreachable` after the request time-out, `NoSuchTopic` if Kafka has the topic no longer,
    /// `Corrupt`, `Refused`, `Closed`.
    pub(super) async fn fetch(&self, fetch: Fetch) -> Result<Vec<StoredRecord>, BrokerError> {
        if fetch.records_max == 0 {
            return Ok(Vec::new());
        }
        if let Some(records) = self.feed.cache().read(&fetch) {
            return Ok(records);
        }
        match self.cold.read(&fetch).await? {
            ColdRead::Records(records) => Ok(records),
            ColdRead::End(end) => {
                self.follow(&fetch, end);
                // Records may have arrived meanwhile.
                Ok(self.feed.cache().read(&fetch).unwrap_or_default())
            }
        }
    }

    /// Reads as [`fetch`](Self::fetch) does, below an offset up to which records are known to be
    /// stored: empty only if nothing can be read up to there, `None` if that is not known yet.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub(super) async fn fetch_below(
        &self,
        fetch: Fetch,
        end: u64,
    ) -> Result<Option<Vec<StoredRecord>>, BrokerError> {
        let late = Instant::now() + FEED_LAG;
        let mut changes = self.watch(&fetch.partition.topic);
        loop {
            let below = self.feed.cache().read_below(&fetch, end);
            match below {
                ReadBelow::Known(records) => return Ok(Some(records)),
                ReadBelow::Unknown => break,
                ReadBelow::Behind => {}
            }
            // The feed is about to bring it, for all readers together.
            if timeout_at(late, changes.changed()).await.is_err() {
                break;
            }
        }
        match self.cold.read(&fetch).await? {
            ColdRead::Records(records) => Ok(Some(records)),
            ColdRead::End(at) => {
                self.follow(&fetch, at);
                Ok((at >= end).then(Vec::new))
            }
        }
    }

    /// A counter that changes after new records of `topic` can be fetched.
    ///
    /// This holds for readers that fetched at the end of a partition and found nothing.
    pub(super) fn watch(&self, topic: &TopicName) -> watch::Receiver<u64> {
        self.feed.cache().watch(topic)
    }

    /// Drops the records of a topic that was deleted or recreated from memory, and wakes its readers.
    pub(super) fn forget(&self, topic: &TopicName) {
        self.cold.forget(topic);
        self.feed.forget(topic);
    }

    /// Follows the end of a partition that has nothing readable from the fetch up to there.
    fn follow(&self, fetch: &Fetch, end: u64) {
        let partition = fetch.partition.clone();
        self.feed.follow(&partition, OffsetRange { start: fetch.from.min(end), end });
    }

    /// Drops records that this gateway has deleted from memory: those below `start`.
    pub(super) fn trim(&self, partition: &TopicPartition, start: u64) {
        self.feed.cache().trim(partition, start);
    }

    /// Ends following and closes all readers; later fetches answer `Closed`, or from memory.
    pub(super) async fn close(&self) {
        self.cold.close();
        self.feed.close().await;
    }
}
