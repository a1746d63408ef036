//! One burst of keys handed to a partitioner.

use super::double::{self, BurstInHand};
use crate::{Burst, Partitioner, Placement};

/// A burst of messages to one topic to call a partitioner with.
#[derive(Clone, Debug)]
pub struct BurstCall {
    keys: Vec<u8>,
    ends: Vec<u32>,
    partitions: u32,
    known: BurstInHand,
}

impl BurstCall {
    /// An empty burst to `topic`, which has so many `partitions` and nothing placed in them.
    pub fn new(topic: impl Into<String>, partitions: u32) -> Self {
        let known = BurstInHand {
            topic: topic.into(),
            placed_bytes: vec![0; partitions as usize],
            ..BurstInHand::default()
        };
        Self { keys: Vec::new(), ends: Vec::new(), partitions, known }
    }

    /// Adds a message with this key and an empty value.
    #[must_use]
    pub fn key(self, key: impl AsRef<[u8]>) -> Self {
        self.message(Some(key.as_ref()), 0)
    }

    /// Adds a message with or without key, and a value of `value_bytes`.
    ///
    /// # Panics
    /// If the burst grows over 4 GiB.
    #[must_use]
    pub fn message(mut self, key: Option<&[u8]>, value_bytes: u32) -> Self {
        let in_u32 = |bytes: usize| u32::try_from(bytes).expect("a test's burst fits in 4 GiB");
        self.keys.extend_from_slice(key.unwrap_or_default());
        self.ends.push(key.map_or(u32::MAX, |_| in_u32(self.keys.len())));
        self.known.sizes.push(in_u32(key.map_or(0, <[u8]>::len)) + value_bytes);
        self
    }

    /// Sets what was placed before: bytes in each partition, and messages in all.
    #[must_use]
    pub fn placed(mut self, bytes: impl Into<Vec<u64>>, messages: u64) -> Self {
        self.known.placed_bytes = bytes.into();
        self.known.placed_messages = messages;
        self
    }

    /// Asks for a partition for each message; `None` is left to the gateway.
    ///
    /// # Panics
    /// On an answer that the gateway would refuse: not one for each message, or a partition that
    /// does not exist.
    pub fn partition(&self, partitioner: &mut impl Partitioner) -> Vec<Option<u32>> {
        let burst = Burst::new(self.keys.clone(), self.ends.clone(), self.partitions);
        let mut placement = Placement::for_burst(&burst);
        double::with_burst(self.known.clone(), || {
            partitioner.partition_burst(&burst, &mut placement);
        });
        let partitions = placement.into_partitions();
        assert_eq!(partitions.len(), self.ends.len(), "one push for each message of the burst");
        let checked = partitions.into_iter().map(|partition| {
            let in_range = partition < self.partitions || partition == u32::MAX;
            assert!(in_range, "partition {partition} of {}", self.partitions);
            (partition != u32::MAX).then_some(partition)
        });
        checked.collect()
    }
}
