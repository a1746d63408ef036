//! What XPENDING and XINFO show of a stream group.

use std::{collections::BTreeMap, ops::Bound};

use super::{
    StreamGroup,
    ledger::{Pending, Position},
};

/// All that is pending, in short.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// How many entries.
    pub count: usize,
    /// The first and the last of them.
    pub ends: Option<(Position, Position)>,
    /// How many each consumer has that has some.
    pub consumers: Vec<(Vec<u8>, usize)>,
}

/// How far a group is in one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Offset behind the last entry that was delivered.
    pub next: u64,
    /// How many entries are yet to be delivered.
    pub lag: u64,
}

impl StreamGroup {
    /// All that is pending, in short.
    pub fn overview(&self) -> Overview {
        self.settle();
        let ledger = self.ledger();
        let ends = ledger.pending.first_key_value().zip(ledger.pending.last_key_value());
        let consumers = ledger.consumers.iter().filter(|(_, one)| !one.pending.is_empty());
        Overview {
            count: ledger.pending.len(),
            ends: ends.map(|((first, _), (last, _))| (*first, *last)),
            consumers: consumers.map(|(name, one)| (name.to_vec(), one.pending.len())).collect(),
        }
    }

    /// Pending entries in the order of their ids, of one consumer or all, that have been idle for
    /// `idle_min_ms` at `now`.
    pub fn pending(
        &self,
        range: (Bound<Position>, Bound<Position>),
        of: Option<&[u8]>,
        (idle_min_ms, now): (i64, i64),
        most: usize,
    ) -> Vec<(Position, Pending)> {
        self.settle();
        if !is_proper(range) {
            return Vec::new();
        }
        let ledger = self.ledger();
        let listed = ledger.list(range, of);
        let idle = listed.filter(|(_, one)| now.saturating_sub(one.delivered_ms) >= idle_min_ms);
        idle.take(most).map(|(position, entry)| (position, entry.clone())).collect()
    }

    /// How far the group is in the partitions that are this gateway's, whose ends are given.
    pub fn progress(&self, ends: &[u64]) -> BTreeMap<u32, Progress> {
        self.settle();
        let ledger = self.ledger();
        let lanes = ledger.lanes.iter().filter_map(|(partition, lane)| {
            let end = ends.get(usize::try_from(*partition).ok()?)?;
            Some((*partition, Progress { next: lane.next, lag: lane.lag(*end) }))
        });
        lanes.collect()
    }
}

/// False for a range that ends before it begins, which trees do not take.
fn is_proper(range: (Bound<Position>, Bound<Position>)) -> bool {
    match range {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => true,
        (Bound::Included(first), Bound::Included(last)) => first <= last,
        (
            Bound::Included(first) | Bound::Excluded(first),
            Bound::Included(last) | Bound::Excluded(last),
        ) => first < last,
    }
}
