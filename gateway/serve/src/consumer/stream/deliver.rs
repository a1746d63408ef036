//! Entries on their way to a consumer: as new ones, or its own once more.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use super::{
    StreamGroup,
    lane::{PENDING_MAX, Window},
    ledger::{Consumer, Position, TooManyConsumers},
};
use crate::message::StoredRecord;

/// The right to read the next entries of a partition, held until they are delivered.
#[derive(Debug)]
pub struct Reading {
    /// The partition.
    pub partition: u32,
    /// First offset to fetch.
    pub from: u64,
    /// Nothing is to be fetched from here on; `None` for no end.
    pub end: Option<u64>,
    /// Most records to fetch.
    pub most: usize,
    since: u64,
    window: Window,
    _turn: OwnedMutexGuard<()>,
}

/// What became of records that were fetched.
#[derive(Debug)]
pub struct Delivered {
    /// The consumer's now, in order.
    pub entries: Vec<StoredRecord>,
    /// There may be more.
    pub goes_on: bool,
    /// Nothing more can be passed over: no commit could say that it was.
    pub is_stuck: bool,
}

impl StreamGroup {
    /// Partitions to read, each time beginning with another one.
    pub fn turns(&self) -> Vec<u32> {
        self.ledger().turns()
    }

    /// Takes the turn to read at most so many entries of a partition; `None` if it has gone, or
    /// as much is pending in it as may be.
    pub async fn read(&self, partition: u32, most: usize) -> Option<Reading> {
        let reading = Arc::clone(&self.ledger().lanes.get(&partition)?.reading);
        let turn = reading.lock_owned().await;
        let ledger = self.ledger();
        let lane = ledger.lanes.get(&partition)?;
        let most = most.min(PENDING_MAX.saturating_sub(lane.pending));
        if most == 0 {
            return None;
        }
        let window = lane.window();
        let run = window.end.map(|end| usize::try_from(end - window.from).unwrap_or(usize::MAX));
        let most = most.min(run.unwrap_or(usize::MAX));
        Some(Reading {
            partition,
            from: window.from,
            end: window.end,
            most,
            since: lane.since,
            window,
            _turn: turn,
        })
    }

    /// The partition, if there is one, in which as much is pending as may be.
    pub fn full(&self) -> Option<u32> {
        let ledger = self.ledger();
        let full = ledger.lanes.iter().find(|(_, lane)| lane.pending >= PENDING_MAX);
        full.map(|(partition, _)| *partition)
    }

    /// Delivers what was fetched to a consumer. Records between those that are shown, and below
    /// `behind`, are hidden or not there: they count as acknowledged.
    pub fn deliver(
        &self,
        reading: &Reading,
        (consumer, now): (&[u8], i64),
        shown: Vec<StoredRecord>,
        behind: Option<u64>,
    ) -> Delivered {
        let nothing = Delivered { entries: Vec::new(), goes_on: false, is_stuck: false };
        let &Reading { partition, window, .. } = reading;
        let mut ledger = self.ledger();
        let lane = ledger.lanes.get_mut(&partition).filter(|lane| lane.since == reading.since);
        let Some(lane) = lane else { return nothing };
        let Some(behind) = behind else { return nothing };
        let mut entries = Vec::with_capacity(shown.len());
        let (mut at, mut fits) = (window.from, true);
        for stored in shown {
            fits = lane.acknowledge(at..stored.offset);
            if !fits {
                break;
            }
            at = stored.offset + 1;
            if !lane.acknowledged.contains(stored.offset) {
                entries.push(stored);
            }
        }
        fits = fits && lane.acknowledge(at..behind);
        at = if fits { behind } else { at };
        lane.passed(window, at);
        for stored in &entries {
            ledger.give(Position { offset: stored.offset, partition }, consumer, (now, 1));
        }
        if let Some(consumer) = ledger.consumers.get_mut(consumer).filter(|_| !entries.is_empty()) {
            consumer.active_ms = Some(now);
        }
        Delivered { entries, goes_on: at > window.from, is_stuck: !fits }
    }

    /// Delivers a consumer's own entries once more; what is not pending any more is left out.
    pub fn deliver_again(&self, positions: &[Position], (consumer, now): (&[u8], i64)) {
        let mut ledger = self.ledger();
        for position in positions {
            let entry = ledger.pending.get_mut(position);
            if let Some(entry) = entry.filter(|entry| *entry.consumer == *consumer) {
                entry.delivered_ms = now;
                entry.deliveries = entry.deliveries.saturating_add(1);
            }
        }
    }

    /// Notes that a consumer asked for something; true if it is a new one.
    ///
    /// # Errors
    /// There are too many.
    pub fn meet(&self, consumer: &[u8], now: i64) -> Result<bool, TooManyConsumers> {
        self.ledger().meet(consumer, now)
    }

    /// Removes a consumer; its entries are delivered to others as new ones. How many it had.
    pub fn remove(&self, consumer: &[u8]) -> usize {
        self.settle();
        let count = self.ledger().remove(consumer).unwrap_or(0);
        self.tell();
        count
    }

    /// All consumers, by name.
    pub fn consumers(&self) -> Vec<(Vec<u8>, Consumer)> {
        self.settle();
        let ledger = self.ledger();
        let consumers = ledger.consumers.iter();
        consumers.map(|(name, consumer)| (name.to_vec(), consumer.clone())).collect()
    }
}
