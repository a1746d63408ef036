//! One partition: its segments, its start and its end.
//!
//! Only the writer changes a partition, and only after the change is durable, so a reader under the
//! lock sees nothing that a crash could take back.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;

use super::{
    frame::{FrameHeader, PartitionKey},
    index::Index,
    layout,
    segment::{SEGMENT_HEADER_BYTES, Segment, SegmentKey},
};
use crate::{
    broker::OffsetRange,
    message::{TopicName, TopicPartition},
};

/// One partition of a topic.
#[derive(Debug)]
pub(super) struct Partition {
    pub(super) name: TopicPartition,
    pub(super) key: PartitionKey,
    /// Folder of its segments; `None` in memory.
    pub(super) folder: Option<PathBuf>,
    /// Where the next frame goes. Runs ahead of `log` while a group is being written; only the
    /// writer uses it.
    next: Mutex<LogPosition>,
    log: Mutex<PartitionLog>,
    /// Its topic is being deleted, or is gone: nothing more is stored for it.
    removed: AtomicBool,
}

/// Where a frame is in the log of its partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LogPosition {
    /// Offset of the first record.
    pub(super) offset: u64,
    /// First offset of the segment.
    pub(super) segment: u64,
    /// Byte in the segment; 0 if there is no segment yet.
    pub(super) position: u64,
}

/// The part of a partition that readers see.
#[derive(Debug, Default)]
pub(super) struct PartitionLog {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) segments: VecDeque<Segment>,
}

/// Bytes of a segment, or where to get them.
#[derive(Debug)]
pub(super) enum Chunk {
    /// The bytes.
    Here(Bytes),
    /// They are in the file, which holds this many bytes from the position on.
    InFile(u64),
    /// No frame at this position: the segment ends here.
    End,
    /// The segment was removed.
    Gone,
}

/// Bytes that go to a segment file next.
#[derive(Debug)]
pub(super) struct Unflushed {
    pub(super) segment: u64,
    pub(super) position: u64,
    pub(super) len: u64,
    /// Index and length of the segment if it is sealed and its index whole.
    pub(super) sealed: Option<(Index, u64)>,
}

impl Partition {
    pub(super) fn new(
        topic: TopicName,
        key: PartitionKey,
        root: Option<&Path>,
        log: PartitionLog,
    ) -> Self {
        let name = TopicPartition::new(topic, key.number);
        let folder = root.map(|root| layout::partition_folder(root, &name));
        let next = Mutex::new(log.next_position());
        Self { name, key, folder, next, log: Mutex::new(log), removed: AtomicBool::new(false) }
    }

    pub(super) fn log(&self) -> MutexGuard<'_, PartitionLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> MutexGuard<'_, LogPosition> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The segment of this partition that begins at `base`.
    pub(super) fn segment_key(&self, base: u64) -> SegmentKey {
        SegmentKey { partition: self.key, base }
    }

    /// Oldest and next offset.
    pub(super) fn offsets(&self) -> OffsetRange {
        let log = self.log();
        OffsetRange { start: log.start, end: log.end }
    }

    /// Offset of the next record, with all that is being written counted as stored.
    pub(super) fn next_offset(&self) -> u64 {
        self.next().offset
    }

    /// Notes that its topic is being deleted, for callers that still hold the partition.
    pub(super) fn mark_removed(&self) {
        self.removed.store(true, Ordering::Release);
    }

    /// True if its topic is being deleted, or is gone.
    pub(super) fn is_removed(&self) -> bool {
        self.removed.load(Ordering::Acquire)
    }

    /// First offset of the last segment that begins at or below `before`, or the start.
    pub(super) fn boundary_below(&self, before: u64) -> u64 {
        let log = self.log();
        let at = log.segments.partition_point(|segment| segment.base <= before);
        let base = at.checked_sub(1).map_or(0, |at| log.segments[at].base);
        base.max(log.start)
    }

    /// Drops all segments; returns their first offsets.
    pub(super) fn clear(&self) -> Vec<u64> {
        let mut log = self.log();
        log.start = log.end;
        log.segments.drain(..).map(|segment| segment.base).collect()
    }

    /// True if there is no such segment any more.
    pub(super) fn is_gone(&self, segment: u64) -> bool {
        self.log().find_mut(segment).is_none()
    }

    /// Gives the next frame its position; seals the segment if it would grow over the limit.
    pub(super) fn plan(&self, frame: &FrameHeader, segment_bytes: u64) -> LogPosition {
        let mut next = self.next();
        let len = frame.frame_len() as u64;
        let has_frames = next.position > SEGMENT_HEADER_BYTES as u64;
        let is_full = has_frames && next.position + len > segment_bytes;
        if next.position == 0 || is_full {
            next.segment = next.offset;
            next.position = SEGMENT_HEADER_BYTES as u64;
        }
        let at = *next;
        next.offset += u64::from(frame.count);
        next.position += len;
        at
    }

    /// Shows a durable frame to readers. Returns how many bytes are not in the file yet.
    pub(super) fn push(&self, at: LogPosition, header: &FrameHeader, frame: &[u8]) -> usize {
        let mut log = self.log();
        if log.segments.back().is_none_or(|segment| segment.base != at.segment) {
            let segment = Segment::new(self.segment_key(at.segment));
            log.segments.push_back(segment);
        }
        let segment = log.segments.back_mut().expect("one was just made sure of");
        segment.push(header, frame);
        let unflushed = segment.tail.len();
        log.end = header.end_offset();
        unflushed
    }

    /// Sets the writer to the end of the log: after a replay, and when all segments were trimmed.
    pub(super) fn resume(&self) {
        *self.next() = self.log().next_position();
    }

    /// Copies the oldest bytes that are not in a file yet to `bytes`.
    pub(super) fn unflushed(&self, bytes: &mut Vec<u8>) -> Option<Unflushed> {
        let log = self.log();
        let last = log.segments.back()?.base;
        let waits = |segment: &&Segment| {
            !segment.tail.is_empty() || (segment.base != last && !segment.index.is_empty())
        };
        let segment = log.segments.iter().rev().take_while(waits).last()?;
        let is_sealed = segment.base != last && !segment.index_is_partial();
        bytes.clear();
        bytes.extend_from_slice(&segment.tail);
        Some(Unflushed {
            segment: segment.base,
            position: segment.flushed,
            len: segment.tail.len() as u64,
            sealed: is_sealed.then(|| (segment.index.clone(), segment.len)),
        })
    }

    /// Notes that the bytes of [`Self::unflushed`] are in the file.
    pub(super) fn flushed(&self, written: &Unflushed) {
        let mut log = self.log();
        let last = log.segments.back().map(|segment| segment.base);
        let Some(segment) = log.find_mut(written.segment) else { return };
        segment.flushed += written.len;
        segment.tail = Vec::new();
        if Some(segment.base) != last {
            segment.index = Index::default();
        }
    }

    /// At most `want` bytes of a segment from `position` on.
    pub(super) fn chunk(&self, segment: u64, position: u64, want: usize) -> Chunk {
        let mut log = self.log();
        let Some(segment) = log.find_mut(segment) else { return Chunk::Gone };
        if position >= segment.len {
            return Chunk::End;
        }
        if position < segment.flushed {
            return Chunk::InFile(segment.flushed - position);
        }
        let from = usize::try_from(position - segment.flushed).expect("a tail is in memory");
        let until = from.saturating_add(want).min(segment.tail.len());
        Chunk::Here(Bytes::copy_from_slice(&segment.tail[from..until]))
    }

    /// Hides the records below `start` and drops the segments that hold no others; returns their
    /// first offsets.
    pub(super) fn trim(&self, start: u64) -> Vec<u64> {
        let mut log = self.log();
        let mut dropped = Vec::new();
        while log.segments.front().is_some_and(|segment| segment.end <= start) {
            dropped.extend(log.segments.pop_front().map(|segment| segment.base));
        }
        log.start = log.start.max(start);
        if log.segments.is_empty() {
            drop(log);
            self.resume();
        }
        dropped
    }
}

impl PartitionLog {
    fn next_position(&self) -> LogPosition {
        let last = self.segments.back();
        LogPosition {
            offset: self.end,
            segment: last.map_or(0, |segment| segment.base),
            position: last.map_or(0, |segment| segment.len),
        }
    }

    /// The segment whose first offset is `base`.
    pub(super) fn find_mut(&mut self, base: u64) -> Option<&mut Segment> {
        let at = self.segments.binary_search_by_key(&base, |segment| segment.base).ok()?;
        self.segments.get_mut(at)
    }

    /// The segment that holds `offset`.
    pub(super) fn holding(&self, offset: u64) -> Option<&Segment> {
        let at = self.segments.partition_point(|segment| segment.end <= offset);
        self.segments.get(at)
    }
}
