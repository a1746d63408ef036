//! Plugins that choose partitions.

use std::iter;

use crate::{Plugin, host};

/// In the contract's lists: no key, and no choice.
const NONE: u32 = u32::MAX;

/// Chooses the partition of each message.
///
/// The gateway asks about all messages of a client's burst that go to one topic at once, which
/// costs a tenth of asking for each. Write [`partition`](Self::partition) if the key is all you
/// need; write [`partition_burst`](Self::partition_burst) as well if you need to know sizes or
/// what was placed before.
pub trait Partitioner: Plugin {
    /// Chooses for one key: a number below `partitions`, or `None` to let the gateway spread it.
    /// `key` is `None` for Kafka's null key, which is not the same as an empty one.
    fn partition(&mut self, key: Option<&[u8]>, partitions: u32) -> Option<u32>;

    /// Chooses for all messages of a burst, in their order. By default asks `partition` for each.
    fn partition_burst(&mut self, burst: &Burst, placement: &mut Placement) {
        for key in burst.keys() {
            placement.push(self.partition(key, burst.partitions()));
        }
    }
}

/// The messages of a burst that go to one topic.
#[derive(Debug)]
pub struct Burst {
    keys: Vec<u8>,
    ends: Vec<u32>,
    partitions: u32,
}

impl Burst {
    pub(crate) const fn new(keys: Vec<u8>, ends: Vec<u32>, partitions: u32) -> Self {
        Self { keys, ends, partitions }
    }

    /// How many messages there are.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// True if there is no message, which the gateway never asks about.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many partitions the topic has, at least 1.
    pub const fn partitions(&self) -> u32 {
        self.partitions
    }

    /// The key of each message, in order.
    pub fn keys(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let mut ends = self.ends.iter();
        let mut start = 0;
        iter::from_fn(move || {
            let &end = ends.next()?;
            if end == NONE {
                return Some(None);
            }
            let end = end as usize;
            let key = &self.keys[start..end];
            start = end;
            Some(Some(key))
        })
    }

    /// The topic.
    pub fn topic(&self) -> String {
        host::burst::topic()
    }

    /// Bytes of key and value together, for each message in order.
    pub fn sizes(&self) -> Vec<u32> {
        host::burst::sizes()
    }

    /// Bytes that this gateway process has placed in each partition since it started.
    pub fn placed_bytes(&self) -> Vec<u64> {
        host::burst::placed_bytes()
    }

    /// Messages that this gateway process has placed in the topic since it started.
    pub fn placed_messages(&self) -> u64 {
        host::burst::placed_messages()
    }
}

/// Where the messages of a burst go: one push for each, in order.
#[derive(Debug)]
pub struct Placement {
    partitions: Vec<u32>,
}

impl Placement {
    pub(crate) fn for_burst(burst: &Burst) -> Self {
        Self { partitions: Vec::with_capacity(burst.len()) }
    }

    /// Places the next message; `None` lets the gateway spread it.
    pub fn push(&mut self, partition: Option<u32>) {
        self.partitions.push(partition.unwrap_or(NONE));
    }

    pub(crate) fn into_partitions(self) -> Vec<u32> {
        self.partitions
    }
}
