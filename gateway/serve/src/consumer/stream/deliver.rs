//! Delivers entries to consumers: new ones, and a consumer's own again.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use super::{
    group::StreamGroup,
    partition::{FetchWindow, PENDING_MAX},
    state::{Consumer, Delivery, EntryPosition, TooManyConsumers},
};
use crate::{consumer::local_group::OwnedPartition, message::StoredRecord};

/// The exclusive right to read the next entries of a partition, until they are delivered.
#[derive(Debug)]
pub struct ReadPermit {
    /// The partition.
    pub partition: u32,
    /// First offset to fetch.
    pub from: u64,
    /// Fetch nothing from here on; `None` for no end.
    pub end: Option<u64>,
    /// Most records to fetch.
    pub most: usize,
    epoch: u64,
    window: FetchWindow,
    _turn: OwnedMutexGuard<()>,
}

/// The consumer that entries are delivered to, and when.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// Name of the consumer.
    pub consumer: &'a [u8],
    /// The time now, in Unix milliseconds.
    pub now: i64,
}

/// The result of a delivery.
#[derive(Debug)]
pub struct Delivered {
    /// The entries that the consumer has now, in order.
    pub entries: Vec<StoredRecord>,
    /// There may be more.
    pub goes_on: bool,
    /// No more records can be skipped: a commit has no room for that.
    pub is_stuck: bool,
}

impl StreamGroup {
    /// The partitions to read, each time beginning with another one.
    pub fn turns(&self) -> Vec<u32> {
        self.state().turns()
    }

    /// Waits for the turn to read at most so many entries of a partition; `None` if the partition
    /// moved away, or has [`PENDING_MAX`] pending entries.
    pub async fn read(&self, partition: u32, most: usize) -> Option<ReadPermit> {
        let read_lock = Arc::clone(&self.state().partitions.get(&partition)?.read_lock);
        let turn = read_lock.lock_owned().await;
        let state = self.state();
        let known = state.partitions.get(&partition)?;
        let most = most.min(PENDING_MAX.saturating_sub(known.pending));
        if most == 0 {
            return None;
        }
        let window = known.window();
        let run = window.end.map(|end| usize::try_from(end - window.from).unwrap_or(usize::MAX));
        let most = most.min(run.unwrap_or(usize::MAX));
        Some(ReadPermit {
            partition,
            from: window.from,
            end: window.end,
            most,
            epoch: known.epoch,
            window,
            _turn: turn,
        })
    }

    /// A partition with [`PENDING_MAX`] pending entries, if there is one.
    pub fn full(&self) -> Option<u32> {
        let state = self.state();
        let full = state.partitions.iter().find(|(_, known)| known.pending >= PENDING_MAX);
        full.map(|(partition, _)| *partition)
    }

    /// Delivers fetched records to a consumer. Offsets between the records in `shown`, and below
    /// `next`, are hidden or empty: they count as acknowledged.
    pub fn deliver(
        &self,
        permit: &ReadPermit,
        to: Recipient<'_>,
        shown: Vec<StoredRecord>,
        next: Option<u64>,
    ) -> Delivered {
        let nothing = Delivered { entries: Vec::new(), goes_on: false, is_stuck: false };
        let &ReadPermit { partition, epoch, window, .. } = permit;
        let mut state = self.state();
        let Some(known) = state.owned_mut(OwnedPartition { partition, epoch }) else {
            return nothing;
        };
        let Some(next) = next else { return nothing };
        let mut entries = Vec::with_capacity(shown.len());
        let (mut at, mut fits) = (window.from, true);
        for stored in shown {
            fits = known.acknowledge(at..stored.offset);
            if !fits {
                break;
            }
            at = stored.offset + 1;
            if !known.acknowledged.contains(stored.offset) {
                entries.push(stored);
            }
        }
        fits = fits && known.acknowledge(at..next);
        at = if fits { next } else { at };
        known.advance(window, at);
        for stored in &entries {
            let position = EntryPosition { offset: stored.offset, partition };
            state.give(position, to.consumer, Delivery { delivered_ms: to.now, deliveries: 1 });
        }
        let consumer = state.consumers.get_mut(to.consumer);
        if let Some(consumer) = consumer.filter(|_| !entries.is_empty()) {
            consumer.active_ms = Some(to.now);
        }
        Delivered { entries, goes_on: at > window.from, is_stuck: !fits }
    }

    /// Delivers a consumer's own entries again; entries that are no longer pending are left out.
    pub fn deliver_again(&self, positions: &[EntryPosition], to: Recipient<'_>) {
        let mut state = self.state();
        for position in positions {
            let entry = state.pending.get_mut(position);
            if let Some(entry) = entry.filter(|entry| *entry.consumer == *to.consumer) {
                entry.delivered_ms = to.now;
                entry.deliveries = entry.deliveries.saturating_add(1);
            }
        }
    }

    /// Creates the consumer, or updates when it last asked for something; true for a new one.
    ///
    /// # Errors
    /// There are too many.
    pub fn meet(&self, consumer: &[u8], now: i64) -> Result<bool, TooManyConsumers> {
        self.state().meet(consumer, now)
    }

    /// Removes a consumer and returns the number of its entries, which are delivered to others as new
    /// ones.
    pub fn remove(&self, consumer: &[u8]) -> usize {
        self.settle();
        let count = self.state().remove(consumer).unwrap_or(0);
        self.wake_readers();
        count
    }

    /// All consumers, by name.
    pub fn consumers(&self) -> Vec<(Vec<u8>, Consumer)> {
        self.settle();
        let state = self.state();
        let consumers = state.consumers.iter();
        consumers.map(|(name, consumer)| (name.to_vec(), consumer.clone())).collect()
    }
}
