//! What a group has acknowledged of one partition, in order or not: pure.

use std::{collections::BTreeMap, ops::Range};

use crate::broker::Committed;

mod text;

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
        for run in text::read(committed.offset, &committed.metadata) {
            acknowledged.add(run);
        }
        acknowledged
    }

    /// The commit that says it. Runs that the metadata has no room for are left out, the last
    /// ones first: their records are delivered again after a restart.
    pub fn to_committed(&self) -> Committed {
        Committed { offset: self.next, metadata: text::write(self.next, &self.behind) }
    }

    /// Acknowledges a run of offsets if a commit can say so; false leaves everything as it is.
    ///
    /// As long as nothing was added otherwise, one commit then holds all that is acknowledged.
    pub fn try_add(&mut self, run: Range<u64>) -> bool {
        let last = self.behind.last_key_value().map_or(self.next, |(_, end)| *end);
        let span = run.end.max(last).saturating_sub(self.next);
        let fits = run.start <= self.next
            || span <= text::SPAN_MAX
            || self.contains_all(run.clone())
            || text::has_room(self.next, &self.behind);
        if fits {
            self.add(run);
        }
        fits
    }

    /// The lowest offset from this one on that is not acknowledged.
    pub fn skip(&self, offset: u64) -> u64 {
        let run = self.behind.range(..=offset).next_back();
        run.map_or(offset, |(_, end)| offset.max(*end)).max(self.next)
    }

    /// How many offsets are acknowledged from this one on.
    pub fn count_from(&self, offset: u64) -> u64 {
        let below = self.next.saturating_sub(offset);
        let behind = self.behind.iter();
        below + behind.map(|(start, end)| end.saturating_sub(*start.max(&offset))).sum::<u64>()
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

    /// Is all of a run acknowledged? Of an empty one it is.
    pub fn contains_all(&self, run: Range<u64>) -> bool {
        if run.end <= self.next || run.is_empty() {
            return true;
        }
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
        for metadata in [
            "",
            "gaps: 3",
            "bits:",
            "bits:!",
            "bits:A",
            "acked:",
            "acked:x",
            "acked:1",
            "acked:1+",
            "acked:-1+2",
        ] {
            let committed = Committed { offset: 7, metadata: metadata.into() };
            assert_eq!(Acknowledged::from_committed(&committed), Acknowledged::below(7));
        }
        let huge = format!("acked:{}+{}", u64::MAX, u64::MAX);
        let committed = Committed { offset: 7, metadata: huge };
        assert_eq!(Acknowledged::from_committed(&committed), Acknowledged::below(7));
    }

    #[test]
    fn gaps_that_do_not_fit_as_runs_are_a_bitmap() {
        let mut acknowledged = Acknowledged::below(7);
        for offset in 0..10_000 {
            assert!(acknowledged.try_add(2 * offset + 9..2 * offset + 10), "{offset}");
        }
        let committed = acknowledged.to_committed();
        assert!(committed.metadata.starts_with("bits:"), "{}", committed.metadata);
        assert!(committed.metadata.len() <= text::METADATA_BYTES_MAX);
        assert_eq!(Acknowledged::from_committed(&committed), acknowledged);
    }

    #[test]
    fn what_no_commit_can_hold_is_refused_and_changes_nothing() {
        let mut acknowledged = Acknowledged::below(0);
        for offset in 0..12_000 {
            acknowledged.add(2 * offset + 1..2 * offset + 2);
        }
        let before = acknowledged.clone();
        let far = (12_500..12_600).map(|offset| 2 * offset + 1..2 * offset + 2);
        assert_eq!(far.filter(|run| acknowledged.try_add(run.clone())).count(), 0);
        assert_eq!(acknowledged, before);
        let committed = acknowledged.to_committed();
        assert_eq!(Acknowledged::from_committed(&committed), acknowledged, "it says it all");
        assert!(acknowledged.try_add(0..1), "the lowest one always fits");
    }

    #[test]
    fn more_gaps_than_fit_are_left_out_from_the_end() {
        let mut acknowledged = Acknowledged::below(0);
        for offset in 0..20_000 {
            acknowledged.add(2 * offset + 1..2 * offset + 2);
        }
        let committed = acknowledged.to_committed();
        assert!(committed.metadata.len() <= text::METADATA_BYTES_MAX);
        let read = Acknowledged::from_committed(&committed);
        assert!(read.contains(1) && read.contains(2_001) && !read.contains(2_000));
        assert!(!read.contains(39_999));
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
                let skipped = (20..100).find(|offset| !model.contains(offset)).unwrap();
                prop_assert_eq!(acknowledged.skip(20), skipped);
                let count = model.range(20..).count() as u64;
                prop_assert_eq!(acknowledged.count_from(20), count);
            }
        }
    }
}
