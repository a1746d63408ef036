//! What a call is about, and what comes back: plain data between the pipeline and a plugin.

use std::sync::Arc;

use crate::message::TopicName;

/// What a plugin may learn about a call beside the message.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// Who publishes or consumes: the principal of the grant.
    pub principal: Arc<str>,
    /// Unix milliseconds: when the gateway read the message, or the record's own time.
    pub timestamp_ms: i64,
}

/// The messages of one burst that go to one topic, as a partitioner sees them.
#[derive(Clone, Copy, Debug)]
pub struct Burst<'a> {
    /// The topic of all of them.
    pub topic: &'a TopicName,
    /// All keys, one after the other.
    pub keys: &'a [u8],
    /// For each message the index behind its key; [`NO_KEY`] for none.
    pub ends: &'a [u32],
    /// For each message the bytes of key and value.
    pub sizes: &'a [u32],
    /// Partitions of the topic, at least 1.
    pub partitions: u32,
    /// Bytes placed so far in each partition by this process.
    pub placed_bytes: &'a [u64],
    /// Messages placed so far in the topic by this process.
    pub placed_messages: u64,
}

/// In [`Burst::ends`]: a message without a key. In a partitioner's answer: no preference.
pub const NO_KEY: u32 = u32::MAX;

/// A partitioner's answer: one partition for each message, or none where it does not mind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placements {
    chosen: Vec<u32>,
    /// Of the topic.
    partitions: u32,
}

impl Placements {
    /// The partition of each message in order; `None` leaves the choice to the gateway.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<u32>> + '_ {
        self.chosen.iter().map(|&partition| (partition != NO_KEY).then_some(partition))
    }

    /// How many partitions the topic has.
    pub(super) fn partitions(&self) -> u32 {
        self.partitions
    }

    /// How many messages were placed.
    pub fn len(&self) -> usize {
        self.chosen.len()
    }

    /// True for an empty burst.
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }
}

impl Placements {
    /// Takes a guest's answer if it fits the burst; otherwise says what is wrong with it.
    pub(super) fn check(partitions: Vec<u32>, burst: &Burst<'_>) -> Result<Self, String> {
        let (got, wanted) = (partitions.len(), burst.ends.len());
        if got != wanted {
            return Err(format!("{got} partitions for {wanted} messages"));
        }
        let fits = |p: u32| p < burst.partitions || p == NO_KEY;
        match partitions.iter().find(|&&partition| !fits(partition)) {
            Some(partition) => {
                Err(format!("partition {partition} of a topic that has {}", burst.partitions))
            }
            None => Ok(Self { chosen: partitions, partitions: burst.partitions }),
        }
    }
}
