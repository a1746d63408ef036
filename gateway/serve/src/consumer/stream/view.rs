//! Views of a stream group for XPENDING and XINFO.

use std::{collections::BTreeMap, ops::Bound};

use super::{
    group::StreamGroup,
    state::{EntryPosition, Pending},
};

/// A summary of the pending entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PendingSummary {
    /// Number of entries.
    pub count: usize,
    /// The first and the last of them.
    pub ends: Option<(EntryPosition, EntryPosition)>,
    /// Consumers with pending entries, and how many each has.
    pub consumers: Vec<(Vec<u8>, usize)>,
}

/// A group's progress in one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionProgress {
    /// Offset after the last delivered entry.
    pub next: u64,
    /// Number of entries that are not delivered yet.
    pub lag: u64,
}

/// Which entries are idle for long enough.
#[derive(Clone, Copy, Debug)]
pub struct IdleFilter {
    /// Least idle time, in milliseconds.
    pub min_ms: i64,
    /// The time now, in Unix milliseconds.
    pub now: i64,
}

impl IdleFilter {
    /// Every entry.
    pub const ALL: Self = Self { min_ms: i64::MIN, now: 0 };

    fn fits(self, entry: &Pending) -> bool {
        self.now.saturating_sub(entry.delivered_ms) >= self.min_ms
    }
}

impl StreamGroup {
    /// A summary of the pending entries.
    pub fn summary(&self) -> PendingSummary {
        self.settle();
        let state = self.state();
        let ends = state.pending.first_key_value().zip(state.pending.last_key_value());
        let consumers = state.consumers.iter().filter(|(_, one)| !one.pending.is_empty());
        PendingSummary {
            count: state.pending.len(),
            ends: ends.map(|((first, _), (last, _))| (*first, *last)),
            consumers: consumers.map(|(name, one)| (name.to_vec(), one.pending.len())).collect(),
        }
    }

    /// Pending entries in the order of their ids, of one consumer or all, that are idle enough; at
    /// most so many.
    pub fn pending(
        &self,
        range: (Bound<EntryPosition>, Bound<EntryPosition>),
        of: Option<&[u8]>,
        idle: IdleFilter,
        most: usize,
    ) -> Vec<(EntryPosition, Pending)> {
        self.settle();
        if !is_proper(range) {
            return Vec::new();
        }
        let state = self.state();
        let found = state.list(range, of).filter(|(_, entry)| idle.fits(entry));
        found.take(most).map(|(position, entry)| (position, entry.clone())).collect()
    }

    /// The progress in each of its partitions; `ends` are the ends of all partitions of the topic.
    pub fn progress(&self, ends: &[u64]) -> BTreeMap<u32, PartitionProgress> {
        self.settle();
        let state = self.state();
        let progress = state.partitions.iter().filter_map(|(partition, known)| {
            let end = ends.get(usize::try_from(*partition).ok()?)?;
            Some((*partition, PartitionProgress { next: known.next, lag: known.lag(*end) }))
        });
        progress.collect()
    }
}

/// False for a range that ends before it begins: `BTreeMap::range` would panic.
fn is_proper(range: (Bound<EntryPosition>, Bound<EntryPosition>)) -> bool {
    match range {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => true,
        (Bound::Included(first), Bound::Included(last)) => first <= last,
        (
            Bound::Included(first) | Bound::Excluded(first),
            Bound::Included(last) | Bound::Excluded(last),
        ) => first < last,
    }
}
