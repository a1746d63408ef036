//! The newest steps of an order log, kept in memory. Plain data: nothing here waits.

use std::{collections::VecDeque, sync::Arc};

use super::step::{Step, StepRecord};
use crate::message::PartitionOffset;

/// Memory for the newest steps of one topic, roughly; two thousand steps of 16 partitions.
const KNOWN_BYTES: usize = 1 << 20;

/// All steps between two offsets of the order log.
#[derive(Debug)]
pub(super) struct RecentSteps {
    known: VecDeque<Arc<Step>>,
    /// All steps from this offset on are in memory.
    from: u64,
    /// Offset after the last record that was read.
    next: u64,
    bytes: usize,
    bytes_max: usize,
}

/// The answer of a lookup in memory.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lookup<T> {
    /// This.
    Found(T),
    /// It is older than the steps in memory.
    Older,
}

/// A record that cannot follow those read before: the log was replaced, or has a foreign format.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ForeignRecord;

impl RecentSteps {
    /// No steps yet; reading begins at `from`.
    pub(super) fn new(from: u64) -> Self {
        Self { known: VecDeque::new(), from, next: from, bytes: 0, bytes_max: KNOWN_BYTES }
    }

    /// The same with another limit.
    #[cfg(test)]
    pub(super) fn with_bytes_max(self, bytes_max: usize) -> Self {
        Self { bytes_max, ..self }
    }

    /// All steps from this offset on are in memory.
    pub(super) fn from(&self) -> u64 {
        self.from
    }

    /// Offset of the next record of the log.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Continues at `end`: there are no more records below.
    pub(super) fn skip_to(&mut self, end: u64) {
        self.next = self.next.max(end);
    }

    /// The newest step.
    pub(super) fn last(&self) -> Option<&Arc<Step>> {
        self.known.back()
    }

    /// Adds the record at `at`, which is after all others; true if it is a step.
    ///
    /// # Errors
    /// It cannot follow what was read before.
    pub(super) fn push(&mut self, at: u64, bytes: &[u8]) -> Result<bool, ForeignRecord> {
        if at < self.next {
            return Ok(false);
        }
        let step = match Step::read(at, bytes) {
            StepRecord::Step(step) => step,
            StepRecord::Void => {
                self.next = at + 1;
                return Ok(false);
            }
            StepRecord::Unreadable => return Err(ForeignRecord),
        };
        if self.last().is_some_and(|last| !step.follows(last)) {
            return Err(ForeignRecord);
        }
        self.next = at + 1;
        self.bytes += step.cost();
        self.known.push_back(Arc::new(step));
        while self.bytes > self.bytes_max && self.known.len() > 1 {
            if let Some(oldest) = self.known.pop_front() {
                self.bytes -= oldest.cost();
                self.from = oldest.at + 1;
            }
        }
        Ok(true)
    }

    /// The first step since the topic was last created that covers a record; `None` if none does yet.
    pub(super) fn covering(&self, record: PartitionOffset) -> Lookup<Option<Arc<Step>>> {
        let PartitionOffset { partition, offset } = record;
        let Some(last) = self.last() else { return Lookup::Found(None) };
        let before = |step: &Arc<Step>| step.epoch < last.epoch || step.end(partition) <= offset;
        let at = self.known.partition_point(before);
        match self.known.get(at) {
            Some(step) if at == 0 && offset < step.prev(partition) => Lookup::Older,
            found => Lookup::Found(found.cloned()),
        }
    }

    /// The first step at or after an offset of the log.
    pub(super) fn at_or_after(&self, offset: u64) -> Lookup<Option<Arc<Step>>> {
        if offset < self.from {
            return Lookup::Older;
        }
        let at = self.known.partition_point(|step| step.at < offset);
        Lookup::Found(self.known.get(at).cloned())
    }

    /// The last step before an offset of the log.
    pub(super) fn before(&self, offset: u64) -> Lookup<Arc<Step>> {
        let at = self.known.partition_point(|step| step.at < offset);
        match at.checked_sub(1).and_then(|at| self.known.get(at)) {
            Some(step) => Lookup::Found(Arc::clone(step)),
            None => Lookup::Older,
        }
    }
}
