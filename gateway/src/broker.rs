//! What stands behind the gateway: topics, partitions, records and group offsets.
//!
//! One trait, several implementations, and one test suite that runs over all of them. Nothing
//! outside this room knows which broker it speaks to.

use std::{fmt, future::Future, pin::Pin};

use thiserror::Error;
use tokio::sync::watch;

use crate::message::{Record, StoredRecord, TopicName};

pub mod embedded;
#[cfg(test)]
mod suite;

/// A boxed future, so that the trait can be used as an object; one allocation per *burst*.
pub type BrokerFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Records for one partition that travel together.
#[derive(Debug)]
pub struct Append {
    /// An existing topic.
    pub topic: TopicName,
    /// A partition below the topic's count.
    pub partition: u32,
    /// One or more records, stored in this order with consecutive offsets.
    pub records: Vec<Record>,
}

/// Where an [`Append`] was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Offset of its first record; the others follow without gaps.
    pub base_offset: u64,
}

/// What a topic looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicInfo {
    /// Its name.
    pub name: TopicName,
    /// Number of partitions, at least 1.
    pub partitions: u32,
}

/// The offsets a partition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetRange {
    /// Offset of the oldest record left; equals `end` when there is none.
    pub start: u64,
    /// Offset the next record will get: the high watermark.
    pub end: u64,
}

/// What and how much to fetch.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// Topic to read.
    pub topic: TopicName,
    /// Partition to read.
    pub partition: u32,
    /// First offset wanted. Below the start: reading begins at the start.
    pub from: u64,
    /// At most so many records.
    pub records_max: usize,
    /// Stop after the record that passes so many payload bytes; at least one record comes.
    pub bytes_max: usize,
}

/// A group's place in one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Offset of the next record to process.
    pub offset: u64,
    /// Free text kept with it.
    pub metadata: String,
}

/// The broker, as the rest of the gateway sees it.
///
/// All methods may be called from any number of tasks at once. Dropping a returned future gives
/// up the answer, not the work: a produce whose future was dropped may still be stored.
pub trait Broker: Send + Sync + fmt::Debug {
    /// Name of the implementation: `embedded`, `memory`, `kafka`.
    fn name(&self) -> &'static str;

    /// The topic, if it exists, from what is known here. Never blocks.
    fn topic(&self, name: &str) -> Option<TopicInfo>;

    /// All topics, sorted by name.
    fn topics(&self) -> BrokerFuture<'_, Result<Vec<TopicInfo>, BrokerError>>;

    /// Makes a topic; durable when the answer is `Ok`.
    ///
    /// # Errors
    /// `TopicExists` if there is one; otherwise nothing or, after `Unknown`, perhaps was made.
    fn create_topic(
        &self,
        name: TopicName,
        partitions: u32,
    ) -> BrokerFuture<'_, Result<TopicInfo, BrokerError>>;

    /// Stores every append on its own and answers one result for each, in the same order.
    ///
    /// `Ok` means durable. Appends of one caller to one partition keep their order. Work begins
    /// when the method is called, not when the future is polled.
    fn produce(&self, appends: Vec<Append>)
    -> BrokerFuture<'_, Vec<Result<Appended, BrokerError>>>;

    /// Reads records that are durable, oldest first; empty at the end of the partition.
    fn fetch(&self, fetch: Fetch) -> BrokerFuture<'_, Result<Vec<StoredRecord>, BrokerError>>;

    /// Oldest and next offset of a partition.
    fn offsets<'a>(
        &'a self,
        topic: &'a TopicName,
        partition: u32,
    ) -> BrokerFuture<'a, Result<OffsetRange, BrokerError>>;

    /// Offset of the first record at or after `timestamp_ms`; the end if there is none.
    fn offset_at<'a>(
        &'a self,
        topic: &'a TopicName,
        partition: u32,
        timestamp_ms: i64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>>;

    /// A counter that changes after every durable append to `topic`; `None` for no such topic.
    ///
    /// This is how readers wait: mark it seen, fetch, and only if nothing came await a change.
    fn watch(&self, topic: &str) -> Option<watch::Receiver<u64>>;

    /// A counter that changes after every topic that is made, for readers of topics to come.
    fn watch_topics(&self) -> watch::Receiver<u64>;

    /// Stores a group's place; durable when the answer is `Ok`. The caller checks that it owns
    /// the partition and that `offset` makes sense; a lower offset replaces a higher one.
    fn commit<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
        partition: u32,
        committed: Committed,
    ) -> BrokerFuture<'a, Result<(), BrokerError>>;

    /// A group's place in a partition, `None` if it never committed there.
    fn committed<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
        partition: u32,
    ) -> BrokerFuture<'a, Result<Option<Committed>, BrokerError>>;

    /// Waits until everything taken is durable and closes files. Later calls get `Closed`.
    fn close(&self) -> BrokerFuture<'_, Result<(), BrokerError>>;
}

/// Why the broker did not do it, and whether anything was stored.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// Nothing was stored.
    #[error("no such topic `{topic}`")]
    NoSuchTopic {
        /// Topic that was asked for.
        topic: TopicName,
    },
    /// Nothing was stored.
    #[error("topic `{topic}` has no partition {partition}")]
    NoSuchPartition {
        /// Topic that was asked for.
        topic: TopicName,
        /// Partition it does not have.
        partition: u32,
    },
    /// Nothing was changed.
    #[error("topic `{topic}` already exists")]
    TopicExists {
        /// Topic that is there already.
        topic: TopicName,
    },
    /// Back-pressure: nothing was taken.
    #[error("too much is waiting to be stored in `{topic}`")]
    Busy {
        /// Topic that was written to.
        topic: TopicName,
    },
    /// The broker said no; nothing was stored.
    #[error("broker refused: {reason}")]
    Refused {
        /// The broker's words.
        reason: String,
    },
    /// No answer: it may or may not have been stored.
    #[error("no answer from the broker: {reason}")]
    Unknown {
        /// What was heard instead of an answer.
        reason: String,
    },
    /// Stored data cannot be read back.
    #[error("`{topic}`/{partition} is damaged: {reason}")]
    Corrupt {
        /// Topic that was read.
        topic: TopicName,
        /// Partition that was read.
        partition: u32,
        /// File, byte and what was found.
        reason: String,
    },
    /// The broker is shut down; nothing was stored.
    #[error("the broker is closed")]
    Closed,
}

impl BrokerError {
    /// True only if the broker cannot have stored anything.
    pub fn is_safe_to_retry(&self) -> bool {
        !matches!(self, Self::Unknown { .. })
    }
}
