//! One partition: its segments and its two ends.
//!
//! Only the writer thread changes a partition, and only after the change is durable, so whoever
//! reads under the lock sees nothing that a crash could take back.

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
    frame::FrameHeader,
    index::Index,
    layout,
    segment::{SEGMENT_HEADER_BYTES, Segment},
};
use crate::{broker::OffsetRange, message::TopicName};

/// One partition of a topic.
#[derive(Debug)]
pub(super) struct Partition {
    pub(super) topic: TopicName,
    pub(super) topic_id: u32,
    pub(super) number: u32,
    /// Where its segments lie; `None` in memory.
    pub(super) folder: Option<PathBuf>,
    /// Where the next frame goes. Runs ahead of `state` while a group is being written; only
    /// the writer thread uses it.
    next: Mutex<Place>,
    state: Mutex<State>,
    /// Its topic is being deleted, or is gone: nothing more is stored for it.
    removed: AtomicBool,
}

/// Where a frame is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Offset of the first record.
    pub(super) offset: u64,
    /// First offset of the segment.
    pub(super) segment: u64,
    /// Byte in the segment; 0 if there is no segment yet.
    pub(super) position: u64,
}

/// What readers see.
#[derive(Debug, Default)]
pub(super) struct State {
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
        topic_id: u32,
        number: u32,
        root: Option<&Path>,
        state: State,
    ) -> Self {
        let folder = root.map(|root| layout::partition_folder(root, &topic, number));
        let next = Mutex::new(state.next_place());
        Self {
            topic,
            topic_id,
            number,
            folder,
            next,
            state: Mutex::new(state),
            removed: AtomicBool::new(false),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> MutexGuard<'_, Place> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Oldest and next offset.
    pub(super) fn offsets(&self) -> OffsetRange {
        let state = self.state();
        OffsetRange { start: state.start, end: state.end }
    }

    /// Offset of the next record, with all that is being written counted as stored.
    pub(super) fn next_offset(&self) -> u64 {
        self.next().offset
    }

    /// Notes that its topic is being deleted. Whoever has it in hand finds out here.
    pub(super) fn mark_removed(&self) {
        self.removed.store(true, Ordering::Release);
    }

    /// True if its topic is being deleted, or is gone.
    pub(super) fn is_removed(&self) -> bool {
        self.removed.load(Ordering::Acquire)
    }

    /// First offset of the last segment that begins at or below `before`, or the start.
    pub(super) fn boundary_below(&self, before: u64) -> u64 {
        let state = self.state();
        let at = state.segments.partition_point(|segment| segment.base <= before);
        let base = at.checked_sub(1).map_or(0, |at| state.segments[at].base);
        base.max(state.start)
    }

    /// Drops all segments; returns their first offsets.
    pub(super) fn clear(&self) -> Vec<u64> {
        let mut state = self.state();
        state.start = state.end;
        state.segments.drain(..).map(|segment| segment.base).collect()
    }

    /// True if there is no such segment any more.
    pub(super) fn is_gone(&self, segment: u64) -> bool {
        self.state().find_mut(segment).is_none()
    }

    /// Gives the next frame its place; seals the segment if it would grow over the limit.
    pub(super) fn plan(&self, frame: &FrameHeader, segment_bytes: u64) -> Place {
        let mut next = self.next();
        let len = frame.frame_len() as u64;
        let has_frames = next.position > SEGMENT_HEADER_BYTES as u64;
        let is_full = has_frames && next.position + len > segment_bytes;
        if next.position == 0 || is_full {
            next.segment = next.offset;
            next.position = SEGMENT_HEADER_BYTES as u64;
        }
        let place = *next;
        next.offset += u64::from(frame.count);
        next.position += len;
        place
    }

    /// Shows a durable frame to readers. Returns how many bytes wait for the file now.
    pub(super) fn push(&self, place: Place, header: &FrameHeader, frame: &[u8]) -> usize {
        let mut state = self.state();
        if state.segments.back().is_none_or(|segment| segment.base != place.segment) {
            let segment = Segment::new(self.topic_id, self.number, place.segment);
            state.segments.push_back(segment);
        }
        let segment = state.segments.back_mut().expect("one was just made sure of");
        segment.push(header, frame);
        let unflushed = segment.tail.len();
        state.end = header.end_offset();
        unflushed
    }

    /// The writer begins a new segment with the next frame if all segments were trimmed, and
    /// goes on where the log ends after a replay.
    pub(super) fn resume(&self) {
        *self.next() = self.state().next_place();
    }

    /// Copies the oldest bytes that are not in a file yet to `bytes`.
    pub(super) fn unflushed(&self, bytes: &mut Vec<u8>) -> Option<Unflushed> {
        let state = self.state();
        let last = state.segments.back()?.base;
        let waits = |segment: &&Segment| {
            !segment.tail.is_empty() || (segment.base != last && !segment.index.is_empty())
        };
        let segment = state.segments.iter().rev().take_while(waits).last()?;
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
        let mut state = self.state();
        let last = state.segments.back().map(|segment| segment.base);
        let Some(segment) = state.find_mut(written.segment) else { return };
        segment.flushed += written.len;
        segment.tail = Vec::new();
        if Some(segment.base) != last {
            segment.index = Index::default();
        }
    }

    /// At most `want` bytes of a segment from `position` on.
    pub(super) fn chunk(&self, segment: u64, position: u64, want: usize) -> Chunk {
        let mut state = self.state();
        let Some(segment) = state.find_mut(segment) else { return Chunk::Gone };
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

    /// Hides what lies below `start` and drops segments that lie there whole; returns their first
    /// offsets.
    pub(super) fn trim(&self, start: u64) -> Vec<u64> {
        let mut state = self.state();
        let mut dropped = Vec::new();
        while state.segments.front().is_some_and(|segment| segment.end <= start) {
            dropped.extend(state.segments.pop_front().map(|segment| segment.base));
        }
        state.start = state.start.max(start);
        if state.segments.is_empty() {
            drop(state);
            self.resume();
        }
        dropped
    }
}

impl State {
    fn next_place(&self) -> Place {
        let last = self.segments.back();
        Place {
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
