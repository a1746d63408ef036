//! One partition of a stream group: where it is, and what is acknowledged. Pure but for its turns.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use tokio::sync::Mutex;

use crate::consumer::Acknowledged;

/// Entries of one group in one partition that may be pending at once; each takes about 200 bytes.
pub const PENDING_MAX: usize = 100_000;

/// A partition that the gateway reads for a group.
#[derive(Debug)]
pub(super) struct Lane {
    /// Since which deal it is this gateway's.
    pub(super) since: u64,
    /// Next offset to deliver for the first time.
    pub(super) next: u64,
    pub(super) acknowledged: Acknowledged,
    /// Entries that were pending and are to be delivered as new ones again.
    pub(super) returned: BTreeSet<u64>,
    /// Number of its pending entries.
    pub(super) pending: usize,
    /// Grows with every change of what is acknowledged.
    version: u64,
    /// The version that the broker has.
    stored: u64,
    /// Held by whoever reads the next entries: no two get the same.
    pub(super) reading: Arc<Mutex<()>>,
    /// Held by whoever commits: a commit must not overtake another.
    pub(super) committing: Arc<Mutex<()>>,
}

/// What is to be fetched next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: u64,
    /// Nothing from here on; `None` for no end.
    pub(super) end: Option<u64>,
}

impl Lane {
    /// A partition that has just been given to this gateway.
    pub(super) fn new(since: u64, acknowledged: Acknowledged) -> Self {
        Self {
            since,
            next: acknowledged.next(),
            acknowledged,
            returned: BTreeSet::new(),
            pending: 0,
            version: 0,
            stored: 0,
            reading: Arc::default(),
            committing: Arc::default(),
        }
    }

    /// The same state, dealt anew and with turns of its own.
    pub(super) fn copy(&self, since: u64) -> Self {
        Self {
            since,
            next: self.next,
            acknowledged: self.acknowledged.clone(),
            returned: self.returned.clone(),
            pending: self.pending,
            version: self.version,
            stored: self.stored,
            reading: Arc::default(),
            committing: Arc::default(),
        }
    }

    /// Where to read on: returned entries first, then new ones.
    pub(super) fn window(&self) -> Window {
        let Some(from) = self.returned.first().copied() else {
            return Window { from: self.acknowledged.skip(self.next), end: None };
        };
        let run = self.returned.iter().zip(from..).take_while(|(offset, nth)| **offset == *nth);
        Window { from, end: Some(from + run.count() as u64) }
    }

    /// Acknowledges a run; false if no commit could say so, and nothing is changed.
    pub(super) fn acknowledge(&mut self, run: Range<u64>) -> bool {
        if self.acknowledged.contains_all(run.clone()) {
            return true;
        }
        let fits = self.acknowledged.try_add(run);
        self.version += u64::from(fits);
        fits
    }

    /// Notes that everything below `behind` was delivered or passed over.
    pub(super) fn passed(&mut self, window: Window, behind: u64) {
        match window.end {
            None => self.next = self.next.max(behind),
            Some(_) => self.returned = self.returned.split_off(&behind),
        }
    }

    /// Goes on at `next`, whatever was acknowledged: only what is pending below it stays so. False
    /// if no commit could say so, and nothing is changed.
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

    /// The version now, if the broker does not have it yet.
    pub(super) fn unstored(&self) -> Option<u64> {
        (self.version > self.stored).then_some(self.version)
    }

    /// True as long as the broker does not have this version.
    pub(super) fn has_not(&self, version: u64) -> bool {
        self.stored < version
    }

    /// Notes that the broker has a version.
    pub(super) fn has_stored(&mut self, version: u64) {
        self.stored = self.stored.max(version);
    }

    /// How many entries before `end` were not delivered yet.
    pub(super) fn lag(&self, end: u64) -> u64 {
        let ahead = end.saturating_sub(self.next);
        ahead.saturating_sub(self.acknowledged.count_from(self.next)) + self.returned.len() as u64
    }
}
