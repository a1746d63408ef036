//! Why a broker did not do what it was asked, and whether anything was stored.

use thiserror::Error;

use crate::message::TopicName;

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
    /// The broker could not be reached in time, and what was sent to it did not leave the gateway:
    /// nothing was stored.
    #[error("the broker cannot be reached: {reason}")]
    Unreachable {
        /// What was tried last, and what came of it.
        reason: String,
    },
    /// The append named the offset that it expected; nothing was stored.
    #[error("offset {expected} of `{topic}` was expected to come next, but {next} does")]
    NotNext {
        /// Topic that was written to.
        topic: TopicName,
        /// Offset the append named.
        expected: u64,
        /// Offset the next record gets.
        next: u64,
    },
    /// Another member of the group has the partition now; nothing was committed.
    #[error("partition {partition} of `{topic}` belongs to another member of the group")]
    NotOwner {
        /// Topic of the commit.
        topic: TopicName,
        /// Partition that has moved.
        partition: u32,
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
