//! The state of one partition of a stream group. Pure, except for its locks.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use tokio::sync::Mutex;

use crate::consumer::acknowledged::Acknowledged;

/// Entries of one group in one partition that may be pending at once; each takes about 200 bytes.
pub const PENDING_MAX: usize = 100_000;

/// A partition that the gateway reads for a group: next offset, acknowledged entries.
#[derive(Debug)]
pub(super) struct PartitionState {
    /// Epoch of the ownership that this belongs to.
    pub(super) epoch: u64,
    /// Next offset to deliver for the first time.
    pub(super) next: u64,
    pub(super) acknowledged: Acknowledged,
    /// Entries of removed consumers, to be delivered as new ones again.
    pub(super) returned: BTreeSet<u64>,
    /// Number of its pending entries.
    pub(super) pending: usize,
    /// Grows with every change of `acknowledged`.
    version: u64,
    /// The version that is committed.
    committed: u64,
    /// Locked while the next entries are read: no two consumers get the same.
    pub(super) read_lock: Arc<Mutex<()>>,
    /// Locked during a commit: a commit must not overtake another.
    pub(super) commit_lock: Arc<Mutex<()>>,
}

/// The offsets to fetch next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FetchWindow {
    pub(super) from: u64,
    /// Fetch nothing from here on; `None` for no end.
    pub(super) end: Option<u64>,
}

impl PartitionState {
    /// A partition that was just assigned to this gateway.
    pub(super) fn new(epoch: u64, acknowledged: Acknowledged) -> Self {
        Self {
            epoch,
            next: acknowledged.next(),
            acknowledged,
            returned: BTreeSet::new(),
            pending: 0,
            version: 0,
            committed: 0,
            read_lock: Arc::default(),
            commit_lock: Arc::default(),
        }
    }

    /// A copy of the state for another owner, with new locks.
    pub(super) fn fork(&self, epoch: u64) -> Self {
        Self {
            epoch,
            next: self.next,
            acknowledged: self.acknowledged.clone(),
            returned: self.returned.clone(),
            pending: self.pending,
            version: self.version,
            committed: self.committed,
            read_lock: Arc::default(),
            commit_lock: Arc::default(),
        }
    }

    /// The offsets to read next: returned entries first, then new ones.
    pub(super) fn window(&self) -> FetchWindow {
        let Some(from) = self.returned.first().copied() else {
            return FetchWindow { from: self.acknowledged.skip(self.next), end: None };
        };
        let run = self.returned.iter().zip(from..).take_while(|(offset, nth)| **offset == *nth);
        FetchWindow { from, end: Some(from + run.count() as u64) }
    }

    /// Acknowledges a run of offsets; false, without a change, if a commit has no room for it.
    pub(super) fn acknowledge(&mut self, run: Range<u64>) -> bool {
        if self.acknowledged.contains_all(run.clone()) {
            return true;
        }
        let fits = self.acknowledged.try_add(run);
        self.version += u64::from(fits);
        fits
    }

    /// Moves to `next`: the records below were delivered or skipped.
    pub(super) fn advance(&mut self, window: FetchWindow, next: u64) {
        match window.end {
            None => self.next = self.next.max(next),
            Some(_) => self.returned = self.returned.split_off(&next),
        }
    }

    /// Sets the next offset, whatever was acknowledged; entries that are pending below it stay
    /// pending. False, without a change, if a commit has no room for them.
    pub(super) fn set(&mut self, next: u64, pending: impl Iterator<Item = u64>) -> bool {
        let mut pending = pending.take_while(|offset| *offset < next).peekable();
        let mut acknowledged = Acknowledged::below(pending.peek().copied().unwrap_or(next));
        while let Some(offset) = pending.next() {
            let until = pending.peek().copied().unwrap_or(next);
            if !acknowledged.try_add(offset + 1..until) {
                return false;
            }
        }
        self.acknowledged = acknowledged;
        self.next = next;
        self.returned.clear();
        self.version += 1;
        true
    }

    /// The current version, if it is not committed yet.
    pub(super) fn uncommitted(&self) -> Option<u64> {
        (self.version > self.committed).then_some(self.version)
    }

    /// True until this version is committed.
    pub(super) fn lacks_commit_of(&self, version: u64) -> bool {
        self.committed < version
    }

    /// Sets the committed version.
    pub(super) fn note_committed(&mut self, version: u64) {
        self.committed = self.committed.max(version);
    }

    /// How many entries before `end` are not delivered yet.
    pub(super) fn lag(&self, end: u64) -> u64 {
        let ahead = end.saturating_sub(self.next);
        ahead.saturating_sub(self.acknowledged.count_from(self.next)) + self.returned.len() as u64
    }
}
