//! One record of an order log.

use bytes::{BufMut as _, Bytes, BytesMut};

/// Version of the format; other versions cannot be read.
const VERSION: u8 = 1;

/// The end of each partition, and its end in the step before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Its offset in the order log.
    pub(super) at: u64,
    /// Offset of the first step since the topic was last created: deleting it begins a new epoch.
    pub(super) epoch: u64,
    prev: Box<[u64]>,
    end: Box<[u64]>,
}

/// A decoded record of an order log.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StepRecord {
    /// A step.
    Step(Step),
    /// No step: its writer had not read all records before it.
    Void,
    /// Another version, or no step at all.
    Unreadable,
}

impl Step {
    /// The step after ends of `prev`; partitions that are not in `prev` ended at 0.
    pub(super) fn new(at: u64, epoch: u64, prev: &[u64], end: &[u64]) -> Self {
        let mut before = prev.to_vec();
        before.resize(end.len(), 0);
        Self { at, epoch, prev: before.into(), end: end.into() }
    }

    /// Number of partitions.
    pub(super) fn partitions(&self) -> u32 {
        u32::try_from(self.end.len()).unwrap_or(u32::MAX)
    }

    /// End of a partition in the step before.
    pub(super) fn prev(&self, partition: u32) -> u64 {
        self.prev.get(partition as usize).copied().unwrap_or(0)
    }

    /// End of a partition; 0 for a partition that it does not have.
    pub(super) fn end(&self, partition: u32) -> u64 {
        self.end.get(partition as usize).copied().unwrap_or(0)
    }

    /// The ends, one a partition.
    pub(super) fn ends(&self) -> &[u64] {
        &self.end
    }

    /// True if it is the step right after another one.
    pub(super) fn follows(&self, before: &Step) -> bool {
        let same = |partition| self.prev(partition) == before.end(partition);
        self.epoch == self.at
            || (self.epoch == before.epoch
                && self.partitions() >= before.partitions()
                && (0..self.partitions()).all(same))
    }

    /// Memory it takes, roughly.
    pub(super) fn cost(&self) -> usize {
        16 * self.end.len() + 96
    }

    /// The record of the order log.
    pub(super) fn to_bytes(&self) -> Bytes {
        let mut bytes = BytesMut::with_capacity(16 + 8 * self.end.len());
        bytes.put_u8(VERSION);
        put(&mut bytes, self.at);
        put(&mut bytes, self.epoch);
        put(&mut bytes, self.end.len() as u64);
        for (prev, end) in self.prev.iter().zip(&self.end) {
            put(&mut bytes, *prev);
            put(&mut bytes, end.saturating_sub(*prev));
        }
        bytes.freeze()
    }

    /// Decodes the record at offset `at`.
    pub(super) fn read(at: u64, bytes: &[u8]) -> StepRecord {
        match bytes.split_first() {
            Some((&VERSION, rest)) => Self::read_rest(at, rest).unwrap_or(StepRecord::Unreadable),
            _ => StepRecord::Unreadable,
        }
    }

    fn read_rest(at: u64, mut rest: &[u8]) -> Option<StepRecord> {
        let expected = take(&mut rest)?;
        let epoch = take(&mut rest)?;
        let count = usize::try_from(take(&mut rest)?).ok()?;
        // Each takes two bytes at least: a wrong count must not allocate memory.
        if count > rest.len() {
            return None;
        }
        let (mut prev, mut end) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            let before = take(&mut rest)?;
            prev.push(before);
            end.push(before.checked_add(take(&mut rest)?)?);
        }
        if expected != at {
            return Some(StepRecord::Void);
        }
        Some(StepRecord::Step(Self { at, epoch, prev: prev.into(), end: end.into() }))
    }
}

/// Variable length: seven bits a byte, the lowest first.
fn put(bytes: &mut BytesMut, mut number: u64) {
    while number >= 0x80 {
        bytes.put_u8((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.put_u8((number & 0x7f) as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f).checked_shl(shift)?;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back_where_it_was_expected(
            at in any::<u64>(),
            epoch in any::<u64>(),
            ends in prop::collection::vec((any::<u32>(), any::<u32>()), 0..40),
        ) {
            let prev: Vec<u64> = ends.iter().map(|(prev, _)| u64::from(*prev)).collect();
            let end: Vec<u64> = ends.iter().map(|(p, more)| u64::from(*p) + u64::from(*more)).collect();
            let step = Step::new(at, epoch, &prev, &end);

            let bytes = step.to_bytes();

            prop_assert_eq!(Step::read(at.wrapping_add(1), &bytes), StepRecord::Void);
            prop_assert_eq!(Step::read(at, &bytes), StepRecord::Step(step));
        }

        #[test]
        fn no_bytes_panic(at in any::<u64>(), bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Step::read(at, &bytes);
            let versioned: Vec<u8> = [VERSION].into_iter().chain(bytes).collect();
            let _ = Step::read(at, &versioned);
        }
    }
}
