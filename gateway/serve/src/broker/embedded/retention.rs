//! Which records have to go. Pure: whole segments, oldest first.

use std::time::Duration;

use super::partition::PartitionLog;

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retention {
    pub(super) bytes: Option<u64>,
    pub(super) age: Option<Duration>,
}

impl Retention {
    /// The new start of a partition, if some of its segments have to go.
    ///
    /// By size the segment that is being written stays; by age it goes too once all of it is
    /// old, or a topic that nobody writes to would keep its last records for ever.
    pub(super) fn new_start(&self, log: &PartitionLog, now_ms: i64) -> Option<u64> {
        let mut total: u64 = log.segments.iter().map(|segment| segment.len).sum();
        let age_ms = self.age.map(|age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
        let oldest_ms = age_ms.map(|age| now_ms.saturating_sub(age));
        let mut start = None;
        for (at, segment) in log.segments.iter().enumerate() {
            let is_last = at + 1 == log.segments.len();
            let is_old = oldest_ms.is_some_and(|oldest| segment.max_timestamp_ms < oldest);
            let is_over = self.bytes.is_some_and(|bytes| total > bytes) && !is_last;
            if !is_old && !is_over {
                break;
            }
            total -= segment.len;
            start = Some(segment.end);
        }
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::embedded::{
        frame::PartitionKey,
        segment::{Segment, SegmentKey},
    };

    /// Three segments of 100 bytes and 10 records, with times 1000, 3000 and 2000.
    fn log() -> PartitionLog {
        let partition = PartitionKey { topic_id: 0, number: 0 };
        let mut log = PartitionLog { end: 30, ..PartitionLog::default() };
        for (base, max_timestamp_ms) in [(0, 1000), (10, 3000), (20, 2000)] {
            let mut segment = Segment::new(SegmentKey { partition, base });
            (segment.end, segment.len) = (base + 10, 100);
            segment.max_timestamp_ms = max_timestamp_ms;
            log.segments.push_back(segment);
        }
        log
    }

    #[test]
    fn whole_segments_go_from_the_oldest_on() {
        let age = |ms| Some(Duration::from_millis(ms));
        for (bytes, age, new_start) in [
            (None, None, None),
            (Some(300), None, None),
            (Some(299), None, Some(10)),
            (Some(0), None, Some(20)),
            (None, age(9001), None),
            (None, age(8000), Some(10)),
            (None, age(7500), Some(10)),
            (None, age(100), Some(30)),
        ] {
            let retention = Retention { bytes, age };
            assert_eq!(retention.new_start(&log(), 10_001), new_start, "{retention:?}");
        }
    }
}
