//! The built-in partitioner, as in Kafka's Java client: murmur2 for keys, one partition a burst for
//! messages without; and how much this process has sent to each partition.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use crate::{broker::TopicInfo, message::TopicName};

/// What this process has sent to the partitions of one topic; shared by all sessions.
#[derive(Debug)]
pub(super) struct PartitionLoad {
    bytes: Vec<AtomicU64>,
    messages: AtomicU64,
    /// Partition of the next burst without keys.
    next: AtomicU32,
}

impl PartitionLoad {
    fn new(partitions: u32) -> Self {
        let bytes = (0..partitions).map(|_| AtomicU64::new(0)).collect();
        Self { bytes, messages: AtomicU64::new(0), next: AtomicU32::new(0) }
    }

    fn copy(&self) -> Self {
        Self {
            bytes: self.bytes().into_iter().map(AtomicU64::new).collect(),
            messages: AtomicU64::new(self.messages()),
            next: AtomicU32::new(self.next.load(Ordering::Relaxed)),
        }
    }

    /// Counts messages that were sent to one partition.
    pub(super) fn add(&self, partition: u32, messages: u64, bytes: u64) {
        self.messages.fetch_add(messages, Ordering::Relaxed);
        if let Some(counter) = self.bytes.get(partition as usize) {
            counter.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    pub(super) fn bytes(&self) -> Vec<u64> {
        self.bytes.iter().map(|bytes| bytes.load(Ordering::Relaxed)).collect()
    }

    pub(super) fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }

    /// The partition for all messages of one burst that may go anywhere: one batch is cheaper to
    /// store than many, and the next burst goes to the next partition.
    pub(super) fn sticky_partition(&self, partitions: u32) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed) % partitions
    }
}

/// The loads of all topics of a cluster.
#[derive(Debug, Default)]
pub(super) struct PartitionLoads(RwLock<HashMap<TopicName, Arc<PartitionLoad>>>);

impl PartitionLoads {
    /// The same numbers, counted on apart from these.
    pub(super) fn copy(&self) -> Self {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let copies = known.iter().map(|(topic, load)| (topic.clone(), load.copy().into()));
        Self(RwLock::new(copies.collect()))
    }

    /// The load of a topic. There are as many as topics exist.
    pub(super) fn of(&self, topic: &TopicInfo) -> Arc<PartitionLoad> {
        let fits = |load: &Arc<PartitionLoad>| load.bytes.len() == topic.partitions as usize;
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&topic.name).cloned();
        known.filter(fits).unwrap_or_else(|| {
            let load = Arc::new(PartitionLoad::new(topic.partitions));
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            all.insert(topic.name.clone(), Arc::clone(&load));
            load
        })
    }
}

/// The default for keyed messages: `(murmur2(key) & 0x7fffffff) % partitions`.
///
/// Source: Kafka's Java client, so that records of one key written by other programs lie in the
/// same partition.
pub(super) fn partition_of_key(key: &[u8], partitions: u32) -> u32 {
    (murmur2(key) & 0x7fff_ffff) % partitions
}

/// Murmur2 of 32 bits with the seed that Kafka's Java client uses.
fn murmur2(key: &[u8]) -> u32 {
    const SEED: u32 = 0x9747_b28c;
    const MULTIPLIER: u32 = 0x5bd1_e995;
    let length = u32::try_from(key.len()).unwrap_or(u32::MAX);
    let mut hash = SEED ^ length;
    let (words, tail) = key.as_chunks::<4>();
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(MULTIPLIER);
        k ^= k >> 24;
        hash = hash.wrapping_mul(MULTIPLIER) ^ k.wrapping_mul(MULTIPLIER);
    }
    if !tail.is_empty() {
        for (at, byte) in tail.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * at);
        }
        hash = hash.wrapping_mul(MULTIPLIER);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(MULTIPLIER);
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lie_where_kafkas_java_client_puts_them() {
        for (key, hash) in [
            ("", 275_646_681_i32),
            ("x", 2_121_525_046),
            ("id", -1_152_384_481),
            ("key", -1_079_937_367),
            ("1", -1_993_445_489),
            ("app_key1", 1_818_167_781),
            ("user_42", 475_133_338),
            ("hello world", 1_221_641_059),
            ("用户", 358_139_016),
            ("abcd", -1_323_649_548),
            ("test156", 878_482_665),
        ] {
            assert_eq!(murmur2(key.as_bytes()).cast_signed(), hash, "{key}");
        }
        assert_eq!(partition_of_key(b"id", 10), 7);
    }
}
