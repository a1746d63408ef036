//! The newest steps of an order log, known by heart. Plain data: nothing here waits.

use std::{collections::VecDeque, sync::Arc};

use super::step::{Said, Step};

/// Memory for the newest steps of one topic, roughly; two thousand steps of 16 partitions.
const KNOWN_BYTES: usize = 1 << 20;

/// All steps that lie between two offsets of the order log.
#[derive(Debug)]
pub(super) struct Steps {
    known: VecDeque<Arc<Step>>,
    /// From here on all steps are known.
    from: u64,
    /// Offset behind the last record that was read.
    next: u64,
    bytes: usize,
    bytes_max: usize,
}

/// What is known here, or the wish to look further back.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Known<T> {
    /// The answer.
    Is(T),
    /// It lies before the newest steps.
    Older,
}

/// A record that is no part of what was read before it: the log is another one, or not ours.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Alien;

impl Steps {
    /// Nothing is known yet; reading begins at `from`.
    pub(super) fn new(from: u64) -> Self {
        Self { known: VecDeque::new(), from, next: from, bytes: 0, bytes_max: KNOWN_BYTES }
    }

    /// The same with less room.
    #[cfg(test)]
    pub(super) fn with_room(self, bytes_max: usize) -> Self {
        Self { bytes_max, ..self }
    }

    /// From here on all steps are known.
    pub(super) fn from(&self) -> u64 {
        self.from
    }

    /// Offset of the next record of the log.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Notes that there is nothing more to read below `end`.
    pub(super) fn skip_to(&mut self, end: u64) {
        self.next = self.next.max(end);
    }

    /// The newest step.
    pub(super) fn last(&self) -> Option<&Arc<Step>> {
        self.known.back()
    }

    /// Takes in the record at `at`, which lies behind all others; true if it is a step.
    ///
    /// # Errors
    /// It cannot follow what was read before.
    pub(super) fn push(&mut self, at: u64, bytes: &[u8]) -> Result<bool, Alien> {
        if at < self.next {
            return Ok(false);
        }
        let step = match Step::read(at, bytes) {
            Said::Step(step) => step,
            Said::Void => {
                self.next = at + 1;
                return Ok(false);
            }
            Said::Unreadable => return Err(Alien),
        };
        if self.last().is_some_and(|last| !step.follows(last)) {
            return Err(Alien);
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

    /// The first step of this life of the topic that covers a record; `None` if none does yet.
    pub(super) fn covering(&self, partition: u32, offset: u64) -> Known<Option<Arc<Step>>> {
        let Some(last) = self.last() else { return Known::Is(None) };
        let before = |step: &Arc<Step>| step.epoch < last.epoch || step.end(partition) <= offset;
        let at = self.known.partition_point(before);
        match self.known.get(at) {
            Some(step) if at == 0 && offset < step.prev(partition) => Known::Older,
            found => Known::Is(found.cloned()),
        }
    }

    /// The first step at or behind an offset of the log.
    pub(super) fn at_or_behind(&self, offset: u64) -> Known<Option<Arc<Step>>> {
        if offset < self.from {
            return Known::Older;
        }
        let at = self.known.partition_point(|step| step.at < offset);
        Known::Is(self.known.get(at).cloned())
    }

    /// The last step before an offset of the log.
    pub(super) fn before(&self, offset: u64) -> Known<Arc<Step>> {
        let at = self.known.partition_point(|step| step.at < offset);
        match at.checked_sub(1).and_then(|at| self.known.get(at)) {
            Some(step) => Known::Is(Arc::clone(step)),
            None => Known::Older,
        }
    }
}
