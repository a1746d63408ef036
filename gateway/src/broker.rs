//! What stands behind the gateway: topics, partitions, records and group offsets.
//!
//! One trait, several implementations, and one test suite that runs over all of them. Nothing
//! outside this room knows which broker it speaks to.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use tokio::sync::watch;

use crate::message::{Record, StoredRecord, TopicName};

mod error;
mod member;
mod clusters;
pub mod embedded;
pub mod kafka;
#[cfg(test)]
mod suite;

pub use clusters::{Cluster, Clusters};
pub use error::BrokerError;
pub use member::GroupMember;

/// A boxed future, so that the trait can be used as an object; one allocation per *burst*.
pub type BrokerFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Records for one partition that travel together.
#[derive(Debug)]
pub struct Append {
    /// An existing topic.
    pub topic: TopicName,
    /// A partition below the topic's count.
    pub partition: u32,
    /// One or more records, stored in this order.
    pub records: Vec<Record>,
}

/// Where the records of an [`Append`] were stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Offset of its first record.
    pub base_offset: u64,
    /// Offset of every record, where those of other producers lie between them; empty where they
    /// follow the first without gaps.
    pub scattered: Vec<u64>,
}

impl Appended {
    /// Records that lie side by side.
    pub fn run(base_offset: u64) -> Self {
        Self { base_offset, scattered: Vec::new() }
    }

    /// Offset of the record at `nth` in its append, counted from 0.
    pub fn offset(&self, nth: usize) -> u64 {
        self.scattered.get(nth).copied().unwrap_or(self.base_offset + nth as u64)
    }
}

/// What a topic looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicInfo {
    /// Its name.
    pub name: TopicName,
    /// Number of partitions, at least 1.
    pub partitions: u32,
}

/// A topic to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTopic {
    /// Its name.
    pub name: TopicName,
    /// Number of partitions, at least 1.
    pub partitions: u32,
    /// Settings in the broker's own words, such as `retention.ms`; the rest is as the broker has
    /// it by default.
    pub configs: Vec<(String, String)>,
}

impl NewTopic {
    /// A topic with the broker's default settings.
    pub fn new(name: TopicName, partitions: u32) -> Self {
        Self { name, partitions, configs: Vec::new() }
    }
}

/// What the broker tells about one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicDetails {
    /// Name and partitions.
    pub info: TopicInfo,
    /// Copies the broker keeps of each record, at least 1.
    pub replicas: u32,
    /// Settings in the broker's own words, sorted by name.
    pub configs: Vec<(String, String)>,
}

/// Is the broker there?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrokerState {
    /// It answers.
    Ready,
    /// It does not, or not yet.
    Away {
        /// What was tried last, and what came of it.
        reason: String,
    },
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

    /// May other gateways be members of its groups too?
    fn is_shared(&self) -> bool {
        false
    }

    /// Is it there? From what is known here; never blocks.
    fn state(&self) -> BrokerState;

    /// The topic, if it exists, from what is known here. Never blocks.
    fn topic(&self, name: &str) -> Option<TopicInfo>;

    /// The topic, asked for where it is not known here yet: others may have made it meanwhile.
    fn look_up<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Option<TopicInfo>, BrokerError>>;

    /// All topics, sorted by name.
    fn topics(&self) -> BrokerFuture<'_, Result<Vec<TopicInfo>, BrokerError>>;

    /// Settings of one topic.
    ///
    /// # Errors
    /// `NoSuchTopic`, or the broker's.
    fn describe_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<TopicDetails, BrokerError>>;

    /// Makes a topic; durable when the answer is `Ok`.
    ///
    /// # Errors
    /// `TopicExists` if there is one, `Refused` for settings the broker does not take; nothing
    /// or, after `Unknown`, perhaps was made.
    fn create_topic(&self, topic: NewTopic) -> BrokerFuture<'_, Result<TopicInfo, BrokerError>>;

    /// Deletes the records of a partition below `before`; answers the offset it now starts at.
    ///
    /// # Errors
    /// `Refused` where the broker cannot; nothing or, after `Unknown`, perhaps was deleted.
    fn delete_records<'a>(
        &'a self,
        topic: &'a TopicName,
        partition: u32,
        before: u64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>>;

    /// Deletes a topic with its records and the places of its groups; durable when the answer is
    /// `Ok`.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused`; after `Unknown` it may be gone.
    fn delete_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        let reason = format!("`{name}` cannot be deleted here");
        Box::pin(async { Err(BrokerError::Refused { reason }) })
    }

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

    /// Oldest and next offset of every partition of a topic, asked for together.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Unreachable`.
    fn all_offsets<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<OffsetRange>, BrokerError>> {
        Box::pin(async move {
            let partitions = self.topic(topic.as_str()).map_or(0, |topic| topic.partitions);
            let mut ranges = Vec::new();
            for partition in 0..partitions {
                ranges.push(self.offsets(topic, partition).await?);
            }
            Ok(ranges)
        })
    }

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

    /// Makes this gateway a member of a group that reads `topic`, until the member has left.
    ///
    /// Joining goes on behind the answer: the member's partitions show when the group has dealt
    /// them.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Closed`.
    fn join(&self, group: &str, topic: &TopicName) -> Result<Arc<dyn GroupMember>, BrokerError>;

    /// Stores the place of a group that nobody is a member of; durable when the answer is `Ok`.
    /// The caller checks that `offset` makes sense; a lower offset replaces a higher one.
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

    /// Groups that have a place in a partition of `topic`, sorted by name.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Unreachable`.
    fn groups<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<String>, BrokerError>> {
        let reason = format!("the groups of `{topic}` are not known here");
        Box::pin(async { Err(BrokerError::Refused { reason }) })
    }

    /// Forgets all places of a group in `topic`; durable when the answer is `Ok`.
    ///
    /// # Errors
    /// `Refused` where the group has members that read the topic; after `Unknown` they may be gone.
    fn forget_group<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        let reason = format!("the group `{group}` of `{topic}` cannot be deleted here");
        Box::pin(async { Err(BrokerError::Refused { reason }) })
    }

    /// Waits until everything taken is durable and closes files. Later calls get `Closed`.
    fn close(&self) -> BrokerFuture<'_, Result<(), BrokerError>>;
}
