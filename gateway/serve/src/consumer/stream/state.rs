//! Consumers and pending entries of a stream group. Pure: times come from the caller, in Unix
//! milliseconds.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::RangeBounds,
    sync::Arc,
};

use super::partition::PartitionState;
use crate::consumer::local_group::OwnedPartition;

/// Most consumers of one group on one gateway.
pub const CONSUMERS_MAX: usize = 10_000;

/// The record of an entry. Sorts as entry ids do: by offset first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryPosition {
    /// Offset of its record.
    pub offset: u64,
    /// Partition of its record.
    pub partition: u32,
}

/// An entry that is delivered and not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its consumer.
    pub consumer: Arc<[u8]>,
    /// When it was delivered last, in Unix milliseconds.
    pub delivered_ms: i64,
    /// How often it was delivered.
    pub deliveries: u64,
}

/// When an entry counts as delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Delivery {
    /// The last time, in Unix milliseconds.
    pub(super) delivered_ms: i64,
    /// How often.
    pub(super) deliveries: u64,
}

/// A consumer of a group.
#[derive(Clone, Debug, Default)]
pub struct Consumer {
    /// Its pending entries.
    pub pending: BTreeSet<EntryPosition>,
    /// When it last asked for something, in Unix milliseconds.
    pub seen_ms: i64,
    /// When it last got something.
    pub active_ms: Option<i64>,
}

/// The group has [`CONSUMERS_MAX`] consumers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyConsumers;

/// The state of a stream group on this gateway.
#[derive(Debug, Default)]
pub(super) struct StreamState {
    pub(super) partitions: BTreeMap<u32, PartitionState>,
    pub(super) consumers: BTreeMap<Arc<[u8]>, Consumer>,
    pub(super) pending: BTreeMap<EntryPosition, Pending>,
    /// The next round begins with this partition, so that a busy one does not hold up the others.
    pub(super) turn: usize,
}

/// What became of the acknowledgement of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AckOutcome {
    /// It was pending and is acknowledged now.
    Done,
    /// It stays pending: a commit has no room for it.
    NoRoom,
    /// It was not pending.
    NotPending,
}

impl StreamState {
    /// A copy of the state for the partitions in `epochs`, which have other owners.
    pub(super) fn fork(&self, epochs: &HashMap<u32, u64>) -> Self {
        let fork = |(partition, known): (&u32, &PartitionState)| {
            Some((*partition, known.fork(*epochs.get(partition)?)))
        };
        Self {
            partitions: self.partitions.iter().filter_map(fork).collect(),
            consumers: self.consumers.clone(),
            pending: self.pending.clone(),
            turn: self.turn,
        }
    }

    /// The state of a partition, if it belongs to this ownership.
    pub(super) fn owned(&self, owned: OwnedPartition) -> Option<&PartitionState> {
        self.partitions.get(&owned.partition).filter(|known| known.epoch == owned.epoch)
    }

    /// As [`Self::owned`], to be changed.
    pub(super) fn owned_mut(&mut self, owned: OwnedPartition) -> Option<&mut PartitionState> {
        self.partitions.get_mut(&owned.partition).filter(|known| known.epoch == owned.epoch)
    }

    /// Drops partitions that this gateway lost; true if it owns some that are not in here yet.
    pub(super) fn settle(&mut self, owned: &[OwnedPartition]) -> bool {
        let is_lost = |(partition, known): &(&u32, &PartitionState)| {
            !owned.contains(&OwnedPartition { partition: **partition, epoch: known.epoch })
        };
        let lost = self.partitions.iter().filter(is_lost).map(|(partition, _)| *partition);
        for partition in lost.collect::<Vec<_>>() {
            self.partitions.remove(&partition);
            self.pending.retain(|position, _| position.partition != partition);
            for consumer in self.consumers.values_mut() {
                consumer.pending.retain(|position| position.partition != partition);
            }
        }
        self.partitions.len() < owned.len()
    }

    /// The partitions, each time beginning with another one.
    pub(super) fn turns(&mut self) -> Vec<u32> {
        let mut partitions: Vec<_> = self.partitions.keys().copied().collect();
        if !partitions.is_empty() {
            self.turn = (self.turn + 1) % partitions.len();
            partitions.rotate_left(self.turn);
        }
        partitions
    }

    /// Creates the consumer, or updates when it last asked for something; true for a new one.
    pub(super) fn meet(&mut self, name: &[u8], now: i64) -> Result<bool, TooManyConsumers> {
        if let Some(consumer) = self.consumers.get_mut(name) {
            consumer.seen_ms = now;
            return Ok(false);
        }
        if self.consumers.len() >= CONSUMERS_MAX {
            return Err(TooManyConsumers);
        }
        self.consumers.insert(name.into(), Consumer { seen_ms: now, ..Consumer::default() });
        Ok(true)
    }

    /// Makes an entry pending for a consumer that exists.
    pub(super) fn give(&mut self, position: EntryPosition, name: &[u8], delivery: Delivery) {
        let Some((name, _)) = self.consumers.get_key_value(name) else { return };
        let name = Arc::clone(name);
        let Delivery { delivered_ms, deliveries } = delivery;
        let entry = Pending { consumer: Arc::clone(&name), delivered_ms, deliveries };
        match self.pending.insert(position, entry) {
            Some(before) => {
                if let Some(before) = self.consumers.get_mut(&before.consumer) {
                    before.pending.remove(&position);
                }
            }
            None => self.count_pending(position.partition, 1),
        }
        if let Some(consumer) = self.consumers.get_mut(&name) {
            consumer.pending.insert(position);
        }
    }

    /// Removes a pending entry; false if it was not pending.
    pub(super) fn take(&mut self, position: EntryPosition) -> bool {
        let Some(entry) = self.pending.remove(&position) else { return false };
        if let Some(consumer) = self.consumers.get_mut(&entry.consumer) {
            consumer.pending.remove(&position);
        }
        self.count_pending(position.partition, -1);
        true
    }

    /// Acknowledges a pending entry.
    pub(super) fn acknowledge(&mut self, position: EntryPosition) -> AckOutcome {
        let EntryPosition { partition, offset } = position;
        let Some(partition) = self.partitions.get_mut(&partition) else {
            return AckOutcome::NotPending;
        };
        if !self.pending.contains_key(&position) {
            return AckOutcome::NotPending;
        }
        if !partition.acknowledge(offset..offset + 1) {
            return AckOutcome::NoRoom;
        }
        self.take(position);
        AckOutcome::Done
    }

    /// Removes a consumer and returns the number of its entries, which are delivered to others as new
    /// ones.
    pub(super) fn remove(&mut self, name: &[u8]) -> Option<usize> {
        let consumer = self.consumers.remove(name)?;
        for position in &consumer.pending {
            self.pending.remove(position);
            self.count_pending(position.partition, -1);
            if let Some(partition) = self.partitions.get_mut(&position.partition) {
                // Entries from `next` on, which were claimed with FORCE, are delivered anyway.
                if position.offset < partition.next {
                    partition.returned.insert(position.offset);
                }
            }
        }
        Some(consumer.pending.len())
    }

    /// Pending entries in the order of their ids, of one consumer or all.
    pub(super) fn list(
        &self,
        range: impl RangeBounds<EntryPosition> + Clone,
        of: Option<&[u8]>,
    ) -> Box<dyn Iterator<Item = (EntryPosition, &Pending)> + '_> {
        let Some(name) = of else {
            return Box::new(self.pending.range(range).map(|(position, entry)| (*position, entry)));
        };
        let Some(consumer) = self.consumers.get(name) else { return Box::new(std::iter::empty()) };
        let positions = consumer.pending.range(range);
        Box::new(positions.filter_map(|at| Some((*at, self.pending.get(at)?))))
    }

    fn count_pending(&mut self, partition: u32, change: isize) {
        if let Some(partition) = self.partitions.get_mut(&partition) {
            partition.pending = partition.pending.saturating_add_signed(change);
        }
    }
}
