//! Who has which entry of a stream group, and since when. Pure: times come from outside, in Unix
//! milliseconds.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::RangeBounds,
    sync::Arc,
};

use super::lane::Lane;

/// Consumers of one group on one gateway.
pub const CONSUMERS_MAX: usize = 10_000;

/// Where an entry lies; the order is that of entry ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Offset of its record.
    pub offset: u64,
    /// Partition of its record.
    pub partition: u32,
}

/// An entry that was delivered and is not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Whose it is.
    pub consumer: Arc<[u8]>,
    /// When it was delivered last, in Unix milliseconds.
    pub delivered_ms: i64,
    /// How often it was delivered.
    pub deliveries: u64,
}

/// A consumer of a group: a name.
#[derive(Clone, Debug, Default)]
pub struct Consumer {
    /// Its pending entries.
    pub pending: BTreeSet<Position>,
    /// When it last asked for something, in Unix milliseconds.
    pub seen_ms: i64,
    /// When it last got something.
    pub active_ms: Option<i64>,
}

/// There are too many consumers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyConsumers;

/// The state of a stream group on this gateway.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) lanes: BTreeMap<u32, Lane>,
    pub(super) consumers: BTreeMap<Arc<[u8]>, Consumer>,
    pub(super) pending: BTreeMap<Position, Pending>,
    /// Begin the next round with this partition, so that none waits for ever behind a busy one.
    pub(super) turn: usize,
}

impl Ledger {
    /// The same state, of the partitions in `since`, which were dealt anew.
    pub(super) fn copy(&self, since: &HashMap<u32, u64>) -> Self {
        let copy = |(partition, lane): (&u32, &Lane)| {
            Some((*partition, lane.copy(*since.get(partition)?)))
        };
        Self {
            lanes: self.lanes.iter().filter_map(copy).collect(),
            consumers: self.consumers.clone(),
            pending: self.pending.clone(),
            turn: self.turn,
        }
    }

    /// Drops what is not this gateway's any more; true if a partition is yet to be begun.
    pub(super) fn settle(&mut self, owned: &[(u32, u64)]) -> bool {
        let is_owned = |partition: u32, lane: &Lane| owned.contains(&(partition, lane.since));
        let lanes = self.lanes.iter();
        let gone = lanes.filter(|(at, lane)| !is_owned(**at, lane)).map(|(at, _)| *at);
        for partition in gone.collect::<Vec<_>>() {
            self.lanes.remove(&partition);
            self.pending.retain(|position, _| position.partition != partition);
            for consumer in self.consumers.values_mut() {
                consumer.pending.retain(|position| position.partition != partition);
            }
        }
        self.lanes.len() < owned.len()
    }

    /// Partitions, each time beginning with another one.
    pub(super) fn turns(&mut self) -> Vec<u32> {
        let mut partitions: Vec<_> = self.lanes.keys().copied().collect();
        if !partitions.is_empty() {
            self.turn = (self.turn + 1) % partitions.len();
            partitions.rotate_left(self.turn);
        }
        partitions
    }

    /// Notes that a consumer asked for something; true if it is a new one.
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

    /// Gives an entry to a consumer that is known; its lane is this gateway's.
    pub(super) fn give(&mut self, position: Position, name: &[u8], pending: (i64, u64)) {
        let Some((name, _)) = self.consumers.get_key_value(name) else { return };
        let (name, (delivered_ms, deliveries)) = (Arc::clone(name), pending);
        let entry = Pending { consumer: Arc::clone(&name), delivered_ms, deliveries };
        match self.pending.insert(position, entry) {
            Some(before) => {
                if let Some(before) = self.consumers.get_mut(&before.consumer) {
                    before.pending.remove(&position);
                }
            }
            None => self.lane_holds(position.partition, 1),
        }
        if let Some(consumer) = self.consumers.get_mut(&name) {
            consumer.pending.insert(position);
        }
    }

    /// Takes an entry off the pending ones; false if it was none.
    pub(super) fn take(&mut self, position: Position) -> bool {
        let Some(entry) = self.pending.remove(&position) else { return false };
        if let Some(consumer) = self.consumers.get_mut(&entry.consumer) {
            consumer.pending.remove(&position);
        }
        self.lane_holds(position.partition, -1);
        true
    }

    /// Acknowledges a pending entry: `None` if it is none, false if no commit could say so.
    pub(super) fn acknowledge(&mut self, position: Position) -> Option<bool> {
        self.pending.get(&position)?;
        let lane = self.lanes.get_mut(&position.partition)?;
        let fits = lane.acknowledge(position.offset..position.offset + 1);
        if fits {
            self.take(position);
        }
        Some(fits)
    }

    /// Removes a consumer; its entries are delivered to others as new ones. How many it had.
    pub(super) fn remove(&mut self, name: &[u8]) -> Option<usize> {
        let consumer = self.consumers.remove(name)?;
        for position in &consumer.pending {
            self.pending.remove(position);
            self.lane_holds(position.partition, -1);
            if let Some(lane) = self.lanes.get_mut(&position.partition) {
                // Those ahead, which were claimed by force, come by themselves.
                if position.offset < lane.next {
                    lane.returned.insert(position.offset);
                }
            }
        }
        Some(consumer.pending.len())
    }

    /// Pending entries in the order of their ids, of one consumer or all.
    pub(super) fn list(
        &self,
        range: impl RangeBounds<Position> + Clone,
        of: Option<&[u8]>,
    ) -> Box<dyn Iterator<Item = (Position, &Pending)> + '_> {
        let Some(name) = of else {
            return Box::new(self.pending.range(range).map(|(position, entry)| (*position, entry)));
        };
        let Some(consumer) = self.consumers.get(name) else { return Box::new(std::iter::empty()) };
        let positions = consumer.pending.range(range);
        Box::new(positions.filter_map(|at| Some((*at, self.pending.get(at)?))))
    }

    fn lane_holds(&mut self, partition: u32, change: isize) {
        if let Some(lane) = self.lanes.get_mut(&partition) {
            lane.pending = lane.pending.saturating_add_signed(change);
        }
    }
}
