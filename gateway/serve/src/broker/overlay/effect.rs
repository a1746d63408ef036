//! Changes that a dry run would have made.

use crate::{
    broker::{Committed, TopicInfo},
    message::{TopicName, TopicPartition},
};

/// A change that a command would have made at the real broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Create a topic.
    CreateTopic(TopicInfo),
    /// Delete a topic.
    DeleteTopic(TopicName),
    /// Delete records of a partition.
    DeleteRecords {
        /// The partition.
        partition: TopicPartition,
        /// Number of records.
        count: u64,
        /// The offset that the partition begins at afterwards.
        before: u64,
    },
    /// Make this gateway a member of a group.
    Join {
        /// The group.
        group: String,
        /// The topic it reads.
        topic: TopicName,
    },
    /// Commit an offset of a group.
    Commit {
        /// The group.
        group: String,
        /// The partition that it reads.
        partition: TopicPartition,
        /// The offset, with its metadata.
        committed: Committed,
    },
    /// Remove a group's offsets.
    ForgetGroup {
        /// The group.
        group: String,
        /// The topic it read.
        topic: TopicName,
    },
}

impl Effect {
    /// The topic that it is about.
    pub(super) fn topic(&self) -> &TopicName {
        match self {
            Self::CreateTopic(info) => &info.name,
            Self::DeleteTopic(topic)
            | Self::Join { topic, .. }
            | Self::ForgetGroup { topic, .. } => topic,
            Self::DeleteRecords { partition, .. } | Self::Commit { partition, .. } => {
                &partition.topic
            }
        }
    }
}
