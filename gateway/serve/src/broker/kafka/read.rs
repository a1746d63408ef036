//! Reads records: from memory at the ends of partitions, from Kafka behind them.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use self::{
    cold::{Cold, Found},
    feed::Feed,
    table::Below,
};
use super::{link::Link, names::Names, settings::ClusterSettings};
use crate::{
    broker::{BrokerError, Fetch},
    message::{StoredRecord, TopicName},
};

mod cold;
mod feed;
mod groupless;
mod table;
mod tail;
#[cfg(test)]
pub(super) mod tests;

/// Longest wait for the feed to bring what is known to be stored, before it is asked for.
const FEED_LAG: Duration = Duration::from_millis(50);

/// All reading of one cluster.
///
/// A fetch that finds nothing at the end of a partition has that end followed; from then on all
/// readers there are served from memory. Whoever is behind is served by a pool of readers.
#[derive(Debug)]
pub(super) struct Reads {
    feed: Feed,
    cold: Cold,
}

impl Reads {
    /// Reads over `ask`, whose requests are answered at once, and over `feed`, whose wait.
    pub(super) fn new(
        settings: &ClusterSettings,
        names: &Names,
        ask: Arc<Link>,
        feed: Arc<Link>,
    ) -> Self {
        Self {
            feed: Feed::new(names.clone(), feed, settings.tail_bytes_max),
            cold: Cold::new(names.clone(), ask, settings.request_timeout),
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
        if let Some(records) = self.feed.table().read(&fetch) {
            return Ok(records);
        }
        match self.cold.read(&fetch).await? {
            Found::Records(records) => Ok(records),
            Found::End(end) => {
                self.feed.follow(&fetch.topic, fetch.partition, fetch.from.min(end), end);
                // What has arrived meanwhile may be known already.
                Ok(self.feed.table().read(&fetch).unwrap_or_default())
            }
        }
    }

    /// Reads as [`fetch`](Self::fetch) does, below an offset up to which records are stored: empty
    /// only if nothing can be read up to there, `None` if that is not known yet.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub(super) async fn fetch_below(
        &self,
        fetch: Fetch,
        end: u64,
    ) -> Result<Option<Vec<StoredRecord>>, BrokerError> {
        let late = Instant::now() + FEED_LAG;
        let mut changes = self.watch(&fetch.topic);
        loop {
            let below = self.feed.table().read_below(&fetch, end);
            match below {
                Below::Known(records) => return Ok(Some(records)),
                Below::Unknown => break,
                Below::Behind => {}
            }
            // It is on its way, for all readers together.
            if timeout_at(late, changes.changed()).await.is_err() {
                break;
            }
        }
        match self.cold.read(&fetch).await? {
            Found::Records(records) => Ok(Some(records)),
            Found::End(at) => {
                self.feed.follow(&fetch.topic, fetch.partition, fetch.from.min(at), at);
                Ok((at >= end).then(Vec::new))
            }
        }
    }

    /// A counter that changes after new records of `topic` can be fetched.
    ///
    /// That is promised to those who fetched at the end of a partition, and found nothing, since.
    pub(super) fn watch(&self, topic: &TopicName) -> watch::Receiver<u64> {
        self.feed.table().watch(topic)
    }

    /// Drops what memory has of a topic that was deleted, or made anew; its readers are told.
    pub(super) fn forget(&self, topic: &TopicName) {
        self.cold.forget(topic);
        self.feed.forget(topic);
    }

    /// Forgets records that this gateway has deleted: those below `start`.
    pub(super) fn trim(&self, topic: &TopicName, partition: u32, start: u64) {
        self.feed.table().trim(&(topic.clone(), partition), start);
    }

    /// Ends following and closes all readers; later fetches answer `Closed`, or from memory.
    pub(super) async fn close(&self) {
        self.cold.close();
        self.feed.close().await;
    }
}
