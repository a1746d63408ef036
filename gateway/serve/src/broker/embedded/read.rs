//! Reading: fetch by offset, find by time. Nothing is returned whose sum is wrong.

use std::{io, os::unix::fs::FileExt};

use bytes::{Bytes, BytesMut};
use crc32c::crc32c;

use super::{
    files::SegmentFiles,
    frame::{self, FrameHeader, HEADER_BYTES},
    layout,
    partition::{Chunk, Partition},
    segment::SEGMENT_HEADER_BYTES,
};
use crate::{broker::BrokerError, message::StoredRecord};

/// Bytes read at once, unless a frame is larger. Also what may be copied from a tail while its
/// lock is held.
const CHUNK_BYTES: usize = 256 << 10;

/// Most bytes of frames one fetch reads through, whatever it asked for.
const FETCH_BYTES_MAX: usize = 64 << 20;

/// Reads one partition.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) partition: &'a Partition,
    pub(super) files: &'a SegmentFiles,
}

/// How much to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadLimits {
    pub(super) records_max: usize,
    pub(super) bytes_max: usize,
}

/// A byte of a segment.
#[derive(Clone, Copy, Debug)]
struct SegmentPosition {
    segment: u64,
    position: u64,
}

/// Why a read did not give a frame.
#[derive(Debug)]
enum Miss {
    /// The segment ends here.
    End,
    /// The segment was removed meanwhile: look again.
    Gone,
    Failed(BrokerError),
}

impl Reader<'_> {
    /// True if reading from `offset` may have to wait for the disk: it is in an old segment, or the
    /// log was just opened and the index of the last one must be built first.
    pub(super) fn is_cold(&self, offset: u64) -> bool {
        let log = self.partition.log();
        let last = log.segments.back();
        self.partition.folder.is_some()
            && last.is_some_and(|last| offset < last.base || last.index_is_partial())
    }

    /// Records from `from` on, as many as wanted and at least one unless the partition ends.
    pub(super) fn fetch(
        &self,
        from: u64,
        wanted: ReadLimits,
    ) -> Result<Vec<StoredRecord>, BrokerError> {
        let mut taken = FetchedRecords { records: Vec::new(), from, bytes: 0, wanted };
        let mut read_bytes = 0;
        while !taken.is_enough() && read_bytes < FETCH_BYTES_MAX {
            taken.from = taken.from.max(self.partition.offsets().start);
            let Some(mut at) = self.find(taken.from)? else { break };
            let begin = taken.from;
            loop {
                match self.frames(at, wanted.bytes_max) {
                    Ok(frames) => {
                        read_bytes += frames.len();
                        at.position += self.take_frames(at, &frames, &mut taken)?;
                    }
                    Err(Miss::Failed(error)) => return Err(error),
                    Err(Miss::End) if taken.from == begin => {
                        return Err(self.corrupt(at, "the segment ends before its last record"));
                    }
                    Err(Miss::End | Miss::Gone) => break,
                }
                if taken.is_enough() || read_bytes >= FETCH_BYTES_MAX {
                    break;
                }
            }
        }
        Ok(taken.records)
    }

    /// Offset of the first record at or after `timestamp_ms`, or the end.
    pub(super) fn offset_at(&self, timestamp_ms: i64) -> Result<u64, BrokerError> {
        let range = self.partition.offsets();
        let mut from = range.start;
        loop {
            let segment = {
                let log = self.partition.log();
                let reaches = |at: &usize| {
                    let segment = &log.segments[*at];
                    segment.end > from && segment.max_timestamp_ms >= timestamp_ms
                };
                let found = (0..log.segments.len()).find(reaches);
                found.map(|at| (log.segments[at].base, log.segments[at].end))
            };
            let Some((base, end)) = segment else { return Ok(self.partition.offsets().end) };
            let position = self.with_index(base, |index| index.position_at(timestamp_ms))?;
            let at = SegmentPosition {
                segment: base,
                position: position.unwrap_or(SEGMENT_HEADER_BYTES as u64),
            };
            if let Some(offset) = self.scan_for(at, from, timestamp_ms)? {
                return Ok(offset);
            }
            from = end.max(self.partition.offsets().start);
        }
    }

    fn scan_for(
        &self,
        mut at: SegmentPosition,
        from: u64,
        timestamp_ms: i64,
    ) -> Result<Option<u64>, BrokerError> {
        loop {
            let frames = match self.frames(at, CHUNK_BYTES) {
                Ok(frames) => frames,
                Err(Miss::Failed(error)) => return Err(error),
                Err(Miss::End | Miss::Gone) => return Ok(None),
            };
            let wanted = ReadLimits { records_max: usize::MAX, bytes_max: usize::MAX };
            let mut taken = FetchedRecords { records: Vec::new(), from, bytes: 0, wanted };
            at.position += self.take_frames(at, &frames, &mut taken)?;
            let reaches = |r: &&StoredRecord| r.record.timestamp_ms >= timestamp_ms;
            if let Some(found) = taken.records.iter().find(reaches) {
                return Ok(Some(found.offset));
            }
        }
    }

    /// The position of a frame at or before `offset`; `None` at the end of the partition.
    fn find(&self, offset: u64) -> Result<Option<SegmentPosition>, BrokerError> {
        let base = match self.partition.log().holding(offset) {
            Some(segment) => segment.base,
            None => return Ok(None),
        };
        let position = self.with_index(base, |index| index.position_of(offset))?;
        Ok(Some(SegmentPosition {
            segment: base,
            position: position.unwrap_or(SEGMENT_HEADER_BYTES as u64),
        }))
    }

    /// Bytes of a segment from `at` on: at least one whole frame, perhaps more and a piece of
    /// another.
    fn frames(&self, at: SegmentPosition, bytes_max: usize) -> Result<Bytes, Miss> {
        let bytes = self.bytes(at, bytes_max.clamp(16 << 10, CHUNK_BYTES))?;
        let header = self.header(at, &bytes).map_err(Miss::Failed)?;
        if header.frame_len() <= bytes.len() {
            return Ok(bytes);
        }
        let bytes = self.bytes(at, header.frame_len())?;
        if bytes.len() < header.frame_len() {
            return Err(Miss::Failed(self.corrupt(at, "the frame ends after the segment")));
        }
        Ok(bytes)
    }

    fn bytes(&self, at: SegmentPosition, want: usize) -> Result<Bytes, Miss> {
        let left = match self.partition.chunk(at.segment, at.position, want) {
            Chunk::Here(bytes) => return Ok(bytes),
            Chunk::End => return Err(Miss::End),
            Chunk::Gone => return Err(Miss::Gone),
            Chunk::InFile(left) => left,
        };
        let want = want.min(usize::try_from(left).unwrap_or(usize::MAX));
        let file = match self.files.open(self.partition, at.segment) {
            // The path may be another topic's by now.
            Err(_) if self.partition.is_gone(at.segment) => return Err(Miss::Gone),
            opened => opened.map_err(|error| Miss::Failed(self.unreadable(at.segment, &error)))?,
        };
        let mut bytes = BytesMut::zeroed(want);
        let read = file.file.read_exact_at(&mut bytes, at.position);
        read.map_err(|error| Miss::Failed(self.unreadable(at.segment, &error)))?;
        Ok(bytes.freeze())
    }

    /// Takes the records of all whole frames; returns the bytes they cover.
    fn take_frames(
        &self,
        at: SegmentPosition,
        frames: &Bytes,
        taken: &mut FetchedRecords,
    ) -> Result<u64, BrokerError> {
        let mut done = 0;
        while done + HEADER_BYTES <= frames.len() && !taken.is_enough() {
            let here = SegmentPosition { position: at.position + done as u64, ..at };
            let header = self.header(here, &frames[done..])?;
            let end = done + header.frame_len();
            if end > frames.len() {
                break;
            }
            if header.end_offset() > taken.from {
                let body = frames.slice(done + HEADER_BYTES..end);
                if crc32c(&body) != header.body_crc {
                    return Err(self.corrupt(here, "the sum of the records is wrong"));
                }
                if !taken.take(&header, body) {
                    return Err(self.corrupt(here, "the records do not fill their frame"));
                }
            }
            done = end;
        }
        Ok(done as u64)
    }

    fn header(&self, at: SegmentPosition, bytes: &[u8]) -> Result<FrameHeader, BrokerError> {
        let header = FrameHeader::read(bytes)
            .ok_or_else(|| self.corrupt(at, "the sum of the frame's header is wrong"))?;
        if header.partition != self.partition.key {
            return Err(self.corrupt(at, "the frame belongs to another partition"));
        }
        Ok(header)
    }

    fn corrupt(&self, at: SegmentPosition, found: &str) -> BrokerError {
        let found = format!("`{}` byte {}: {found}", self.path(at.segment), at.position);
        self.damaged(format!("{found}: restore the file from a copy"))
    }

    pub(super) fn unreadable(&self, base: u64, error: &io::Error) -> BrokerError {
        self.damaged(format!("`{}`: {error}", self.path(base)))
    }

    fn damaged(&self, reason: String) -> BrokerError {
        BrokerError::Corrupt { partition: self.partition.name.clone(), reason }
    }

    fn path(&self, base: u64) -> String {
        let folder = self.partition.folder.clone().unwrap_or_default();
        layout::segment_file(&folder, base).display().to_string()
    }
}

/// Records taken so far.
#[derive(Debug)]
struct FetchedRecords {
    records: Vec<StoredRecord>,
    /// Next offset that is wanted.
    from: u64,
    bytes: usize,
    wanted: ReadLimits,
}

impl FetchedRecords {
    fn is_enough(&self) -> bool {
        let has_one = !self.records.is_empty();
        self.records.len() >= self.wanted.records_max
            || (has_one && self.bytes >= self.wanted.bytes_max)
    }

    /// False if the body is not what its header says.
    fn take(&mut self, header: &FrameHeader, body: Bytes) -> bool {
        for record in frame::decode(header, body) {
            let Ok(record) = record else { return false };
            if record.offset < self.from {
                continue;
            }
            if self.is_enough() {
                return true;
            }
            self.from = record.offset + 1;
            self.bytes += record.record.payload_len();
            self.records.push(record);
        }
        true
    }
}
