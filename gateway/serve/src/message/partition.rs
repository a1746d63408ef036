//! Which partition of which topic, and where in it. Kafka's words: `TopicPartition`, offset.

use std::fmt;

use super::TopicName;

/// One partition of one topic. Its text is `topic/partition`.
///
/// Cheap to clone: the name is shared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicPartition {
    /// Name of the topic.
    pub topic: TopicName,
    /// Number of the partition, from 0.
    pub partition: u32,
}

impl TopicPartition {
    /// A partition of a topic. Nothing is checked: neither has to exist.
    pub fn new(topic: TopicName, partition: u32) -> Self {
        Self { topic, partition }
    }
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.topic, self.partition)
    }
}

/// An offset in one partition of a topic that the context names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartitionOffset {
    /// Number of the partition, from 0.
    pub partition: u32,
    /// Offset in that partition, from 0.
    pub offset: u64,
}

impl PartitionOffset {
    /// An offset in a partition. Nothing is checked: neither has to exist.
    pub fn new(partition: u32, offset: u64) -> Self {
        Self { partition, offset }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_partition_reads_as_topic_slash_partition() {
        let partition = TopicPartition::new(TopicName::new("orders").unwrap(), 3);

        assert_eq!(partition.to_string(), "orders/3");
    }
}
