//! The newest records of one partition, held in memory. Plain data: nothing here waits.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::{
    broker::{Fetch, OffsetRange},
    message::{Record, StoredRecord},
};

/// Memory of a record in addition to its bytes, roughly.
const RECORD_COST: usize = 128;

/// How many records and bytes a fetch still takes.
#[derive(Debug)]
pub(super) struct FetchLimits {
    records: usize,
    bytes: usize,
}

impl FetchLimits {
    /// The limits of `fetch`.
    pub(super) fn of(fetch: &Fetch) -> Self {
        Self { records: fetch.records_max, bytes: fetch.bytes_max }
    }

    /// Counts a record; false if it is the last one.
    pub(super) fn take(&mut self, record: &Record) -> bool {
        self.records = self.records.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(record.payload_len());
        self.records > 0 && self.bytes > 0
    }
}

/// All readable records from `start` up to `end`.
///
/// It covers offsets, not records: offsets of transaction markers, aborted or compacted records are
/// covered and empty.
#[derive(Debug)]
pub(super) struct Tail {
    start: u64,
    end: u64,
    records: VecDeque<StoredRecord>,
}

impl Tail {
    /// Covers `empty`, where there is nothing to read.
    pub(super) fn new(empty: OffsetRange) -> Self {
        let OffsetRange { start, end } = empty;
        Self { start: start.min(end), end, records: VecDeque::new() }
    }

    /// Offset of the next record, or a lower one.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// True if all arrived records from `offset` on are still here.
    pub(super) fn covers(&self, offset: u64) -> bool {
        offset >= self.start
    }

    /// Covers `empty` too, because a fetch has found nothing readable there.
    pub(super) fn widen(&mut self, empty: OffsetRange) {
        let OffsetRange { start, end } = empty;
        if self.start <= end && start <= self.end {
            self.start = self.start.min(start);
            self.end = self.end.max(end);
        }
    }

    /// Records from `fetch.from` on, within its limits. Ask only where it [covers](Self::covers).
    pub(super) fn read(&self, fetch: &Fetch) -> Vec<StoredRecord> {
        let first = self.records.partition_point(|stored| stored.offset < fetch.from);
        let mut room = FetchLimits::of(fetch);
        let mut found = Vec::with_capacity((self.records.len() - first).min(fetch.records_max));
        for stored in self.records.range(first..) {
            found.push(stored.clone());
            if !room.take(&stored.record) {
                break;
            }
        }
        found
    }

    /// Appends records that follow `end` with nothing readable in between; returns their cost.
    pub(super) fn push(&mut self, records: impl IntoIterator<Item = StoredRecord>) -> usize {
        let mut bytes = 0;
        for stored in records {
            if stored.offset < self.end {
                continue;
            }
            bytes += cost(&stored.record);
            self.end = stored.offset + 1;
            self.records.push_back(stored);
        }
        bytes
    }

    /// Drops the records below `before`; returns their cost.
    pub(super) fn drop_below(&mut self, before: u64) -> usize {
        let count = self.records.partition_point(|stored| stored.offset < before);
        self.start = self.start.max(before.min(self.end));
        self.records.drain(..count).map(|stored| cost(&stored.record)).sum()
    }

    /// The cost of all records.
    pub(super) fn cost(&self) -> usize {
        self.records.iter().map(|stored| cost(&stored.record)).sum()
    }
}

/// The memory that a record counts for.
fn cost(record: &Record) -> usize {
    let headers = record.headers.iter();
    let headers = headers.map(|(name, value)| name.len() + value.as_ref().map_or(0, Bytes::len));
    record.payload_len() + headers.sum::<usize>() + RECORD_COST
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{TopicName, TopicPartition};

    fn range(start: u64, end: u64) -> OffsetRange {
        OffsetRange { start, end }
    }

    fn stored(offset: u64) -> StoredRecord {
        let value = Some(Bytes::from(vec![b'x'; 100]));
        StoredRecord { offset, record: Record { value, ..Record::default() } }
    }

    fn read(tail: &Tail, from: u64, records_max: usize, bytes_max: usize) -> Vec<u64> {
        let partition = TopicPartition::new(TopicName::new("t").unwrap(), 0);
        let fetch = Fetch { partition, from, records_max, bytes_max };
        tail.read(&fetch).into_iter().map(|stored| stored.offset).collect()
    }

    #[test]
    fn a_read_begins_behind_holes_and_keeps_its_limits() {
        let mut tail = Tail::new(range(10, 12));
        tail.push([14, 15, 18, 19].map(stored));

        for (from, records_max, bytes_max, offsets) in [
            (10, 9, 999, &[14, 15, 18, 19][..]),
            (14, 9, 999, &[14, 15, 18, 19]),
            (16, 9, 999, &[18, 19]),
            (16, 1, 999, &[18]),
            (10, 9, 1, &[14]),
            (10, 9, 0, &[14]),
            (10, 9, 200, &[14, 15]),
            (10, 9, 201, &[14, 15, 18]),
            (20, 9, 999, &[]),
            (500, 9, 999, &[]),
        ] {
            assert_eq!(read(&tail, from, records_max, bytes_max), offsets, "{from}");
        }
        assert_eq!((tail.covers(9), tail.covers(10), tail.covers(500)), (false, true, true));
    }

    #[test]
    fn what_is_dropped_is_no_longer_covered() {
        let mut tail = Tail::new(range(0, 0));
        let cost = tail.push([0, 1, 5].map(stored));

        assert_eq!(tail.drop_below(2), cost / 3 * 2);

        assert_eq!((tail.covers(1), tail.covers(2)), (false, true));
        assert_eq!(read(&tail, 2, 9, 999), [5]);
        assert_eq!(tail.drop_below(100), cost / 3);
        assert_eq!((tail.end(), tail.covers(5), tail.covers(6)), (6, false, true));
        assert_eq!(tail.cost(), 0);
    }

    #[test]
    fn records_come_once_and_holes_that_were_seen_are_covered() {
        let mut tail = Tail::new(range(5, 5));
        tail.push([5, 6].map(stored));
        assert_eq!(tail.push([6, 7].map(stored)), RECORD_COST + 100);
        assert_eq!(read(&tail, 5, 9, 999), [5, 6, 7]);

        tail.widen(range(2, 4));
        assert!(!tail.covers(4));
        tail.widen(range(2, 5));
        assert!(tail.covers(2));

        tail.widen(range(12, 20));
        assert_eq!(tail.end(), 8, "what lies between was not looked at");
        tail.widen(range(8, 11));
        assert_eq!(tail.push([8, 11].map(stored)), RECORD_COST + 100);
        assert_eq!(tail.end(), 12);
    }
}
