//! Why a broker did not do what it was asked, and whether anything was stored.

use thiserror::Error;

use crate::message::{TopicName, TopicPartition};

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
    #[error("topic `{}` has no partition {}", .partition.topic, .partition.partition)]
    NoSuchPartition {
        /// The topic that was asked for, and the partition that it does not have.
        partition: TopicPartition,
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
    #[error("offset {expected} of `{}` was expected to come next, but {next} does", .partition.topic)]
    NotNext {
        /// Partition that was written to.
        partition: TopicPartition,
        /// Offset the append named.
        expected: u64,
        /// Offset the next record gets.
        next: u64,
    },
    /// Another member of the group has the partition now; nothing was committed.
    #[error(
        "partition {} of `{}` belongs to another member of the group",
        .partition.partition, .partition.topic
    )]
    NotOwner {
        /// Partition that has moved.
        partition: TopicPartition,
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
    #[error("`{}`/{} is damaged: {reason}", .partition.topic, .partition.partition)]
    Corrupt {
        /// Partition that was read.
        partition: TopicPartition,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_about_a_partition_name_its_topic_and_number() {
        let partition = || TopicPartition::new(TopicName::new("orders").unwrap(), 3);
        let reason = || "torn".to_owned();
        let texts = [
            BrokerError::NoSuchPartition { partition: partition() },
            BrokerError::NotNext { partition: partition(), expected: 7, next: 9 },
            BrokerError::NotOwner { partition: partition() },
            BrokerError::Corrupt { partition: partition(), reason: reason() },
        ]
        .map(|error| error.to_string());

        assert_eq!(
            texts,
            [
                "topic `orders` has no partition 3",
                "offset 7 of `orders` was expected to come next, but 9 does",
                "partition 3 of `orders` belongs to another member of the group",
                "`orders`/3 is damaged: torn",
            ]
        );
    }
}
