//! What the broker is asked for and what it answers. Plain data.

use crate::message::{Record, TopicName, TopicPartition};

/// Records for one partition that travel together.
#[derive(Debug)]
pub struct Append {
    /// A partition that exists.
    pub partition: TopicPartition,
    /// One or more records, stored in this order.
    pub records: Vec<Record>,
    /// Store only if the first record gets this offset; only the embedded log can promise it.
    pub expected_offset: Option<u64>,
}

impl Append {
    /// Records that are stored wherever the partition ends.
    pub fn new(partition: TopicPartition, records: Vec<Record>) -> Self {
        Self { partition, records, expected_offset: None }
    }
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
    /// Partition to read.
    pub partition: TopicPartition,
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
