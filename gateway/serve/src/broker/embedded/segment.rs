//! A segment: consecutive frames of one partition, in memory and on disk.
//!
//! ```text
//! 0 8 bytes "SLUICES1"   8 u32 topic id   12 u32 partition   16 u64 first offset   24 u64 zero
//! 32.. frames
//! ```
//! The file is `<first offset, 20 digits>.log`. New frames gather in `tail` and reach the file
//! in large pieces: until the next checkpoint the journal answers for them.

use super::{
    frame::{FrameHeader, PartitionKey},
    index::Index,
};

/// Bytes before the first frame.
pub(super) const SEGMENT_HEADER_BYTES: usize = 32;

const MAGIC: &[u8; 8] = b"SLUICES1";

/// Which segment of which partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct SegmentKey {
    pub(super) partition: PartitionKey,
    /// Offset of its first record.
    pub(super) base: u64,
}

/// One segment of a partition, as the writer last left it.
#[derive(Debug)]
pub(super) struct Segment {
    /// Offset of its first record.
    pub(super) base: u64,
    /// Offset after its last record.
    pub(super) end: u64,
    /// Bytes, with the header and the tail.
    pub(super) len: u64,
    /// Newest timestamp in it.
    pub(super) max_timestamp_ms: i64,
    /// Bytes that are in the file; always 0 in memory.
    pub(super) flushed: u64,
    /// Bytes from `flushed` on.
    pub(super) tail: Vec<u8>,
    /// Empty for a sealed segment in a folder: there it is in a file beside the segment.
    pub(super) index: Index,
}

impl Segment {
    /// A segment without frames.
    pub(super) fn new(key: SegmentKey) -> Self {
        Self {
            base: key.base,
            end: key.base,
            len: SEGMENT_HEADER_BYTES as u64,
            max_timestamp_ms: i64::MIN,
            flushed: 0,
            tail: header(key).to_vec(),
            index: Index::default(),
        }
    }

    /// Adds a frame at the end.
    pub(super) fn push(&mut self, header: &FrameHeader, frame: &[u8]) {
        self.index.note(header, self.len);
        self.tail.extend_from_slice(frame);
        self.len += frame.len() as u64;
        self.end = header.end_offset();
        self.max_timestamp_ms = self.max_timestamp_ms.max(header.max_timestamp_ms);
    }

    /// True if the index does not reach back to the first frame, as after reopening.
    pub(super) fn index_is_partial(&self) -> bool {
        self.index.begins_at() != Some(SEGMENT_HEADER_BYTES as u64)
    }
}

/// First bytes of a segment file.
pub(super) fn header(key: SegmentKey) -> [u8; SEGMENT_HEADER_BYTES] {
    let mut bytes = [0; SEGMENT_HEADER_BYTES];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..12].copy_from_slice(&key.partition.topic_id.to_le_bytes());
    bytes[12..16].copy_from_slice(&key.partition.number.to_le_bytes());
    bytes[16..24].copy_from_slice(&key.base.to_le_bytes());
    bytes
}
