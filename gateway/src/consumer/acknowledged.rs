//! What a group has acknowledged of one partition, in order or not: pure.

use std::{collections::BTreeMap, fmt::Write as _, ops::Range};

use crate::broker::Committed;

/// Bytes of a commit's metadata. Source: Kafka's default of `offset.metadata.max.bytes`.
const METADATA_BYTES_MAX: usize = 4_096;
/// First characters of metadata that this gateway wrote; others are not ours to read.
const MARK: &str = "acked:";

/// The lowest offset that is not acknowledged, and the runs acknowledged behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acknowledged {
    next: u64,
    /// Start and end of each run; none touches another or `next`.
    behind: BTreeMap<u64, u64>,
}

impl Acknowledged {
    /// Everything below `next`, and nothing behind it.
    pub fn below(next: u64) -> Self {
        Self { next, behind: BTreeMap::new() }
    }

    /// What a commit says. Metadata of other programs counts as none.
    pub fn from_committed(committed: &Committed) -> Self {
        let mut acknowledged = Self::below(committed.offset);
        let runs = committed.metadata.strip_prefix(MARK).unwrap_or_default();
        let mut at = committed.offset;
        for run in runs.split(',') {
            let numbers = run.split_once('+').and_then(|(gap, length)| {
                Some((gap.parse::<u64>().ok()?, length.parse::<u64>().ok()?))
            });
            // A damaged text acknowledges nothing more: to deliver again is the safe side.
            let Some((gap, length)) = numbers else { break };
            let Some(start) = at.checked_add(gap) else { break };
            let Some(end) = start.checked_add(length) else { break };
            acknowledged.add(start..end);
            at = end;
        }
        acknowledged
    }

    /// The commit that says it. Runs that the metadata has no room for are left out, the last
    /// ones first: their records are delivered again after a restart.
    pub fn to_committed(&self) -> Committed {
        let mut metadata = String::new();
        let mut at = self.next;
        for (start, end) in &self.behind {
            let whole = metadata.len();
            let separator = if metadata.is_empty() { MARK } else { "," };
            // Writing into a string cannot fail.
            let _ = write!(metadata, "{separator}{}+{}", start - at, end - start);
            if metadata.len() > METADATA_BYTES_MAX {
                metadata.truncate(whole);
                break;
            }
            at = *end;
        }
        Committed { offset: self.next, metadata }
    }

    /// The lowest offset that is not acknowledged.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Is this record acknowledged?
    pub fn contains(&self, offset: u64) -> bool {
        let run = self.behind.range(..=offset).next_back();
        offset < self.next || run.is_some_and(|(_, end)| offset < *end)
    }

    /// Acknowledges a run of offsets; true if that changed anything.
    pub fn add(&mut self, run: Range<u64>) -> bool {
        let (mut start, mut end) = (run.start.max(self.next), run.end);
        if start >= end || self.contains_all(start..end) {
            return false;
        }
        while let Some((&before, &before_end)) = self.behind.range(..=end).next_back() {
            if before_end < start {
                break;
            }
            (start, end) = (start.min(before), end.max(before_end));
            self.behind.remove(&before);
        }
        if start == self.next {
            self.next = end;
        } else {
            self.behind.insert(start, end);
        }
        true
    }

    fn contains_all(&self, run: Range<u64>) -> bool {
        let around = self.behind.range(..=run.start).next_back();
        around.is_some_and(|(_, end)| run.end <= *end)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn gaps_ride_in_the_metadata() {
        let mut acknowledged = Acknowledged::below(10);
        acknowledged.add(12..13);
        acknowledged.add(15..20);
        assert_eq!(
            acknowledged.to_committed(),
            Committed { offset: 10, metadata: "acked:2+1,2+5".into() }
        );

        acknowledged.add(10..12);

        let committed = acknowledged.to_committed();
        assert_eq!(committed, Committed { offset: 13, metadata: "acked:2+5".into() });
        assert_eq!(Acknowledged::from_committed(&committed), acknowledged);
    }

    #[test]
    fn foreign_and_damaged_metadata_acknowledge_nothing() {
        for metadata in ["", "gaps: 3", "acked:", "acked:x", "acked:1", "acked:1+", "acked:-1+2"] {
            let committed = Committed { offset: 7, metadata: metadata.into() };
            assert_eq!(Acknowledged::from_committed(&committed), Acknowledged::below(7));
        }
        let huge = format!("acked:{}+{}", u64::MAX, u64::MAX);
        let committed = Committed { offset: 7, metadata: huge };
        assert_eq!(Acknowledged::from_committed(&committed), Acknowledged::below(7));
    }

    #[test]
    fn more_gaps_than_fit_are_left_out_from_the_end() {
        let mut acknowledged = Acknowledged::below(0);
        for offset in 0..10_000 {
            acknowledged.add(2 * offset + 1..2 * offset + 2);
        }
        let committed = acknowledged.to_committed();
        assert!(committed.metadata.len() <= METADATA_BYTES_MAX);
        let read = Acknowledged::from_committed(&committed);
        assert!(read.contains(1) && read.contains(2_001) && !read.contains(2_000));
        assert!(!read.contains(19_999));
    }

    proptest! {
        #[test]
        fn it_is_a_set_of_offsets(runs in prop::collection::vec((0u64..60, 1u64..8), 0..40)) {
            let mut acknowledged = Acknowledged::below(3);
            let mut model: BTreeSet<u64> = (0..3).collect();
            for (start, length) in runs {
                let grew = (start..start + length).any(|offset| !model.contains(&offset));
                prop_assert_eq!(acknowledged.add(start..start + length), grew);
                model.extend(start..start + length);
                let lowest = (0..100).find(|offset| !model.contains(offset)).unwrap();
                prop_assert_eq!(acknowledged.next(), lowest);
                for offset in 0..80 {
                    prop_assert_eq!(acknowledged.contains(offset), model.contains(&offset));
                }
                let again = Acknowledged::from_committed(&acknowledged.to_committed());
                prop_assert_eq!(&again, &acknowledged);
            }
        }
    }
}
