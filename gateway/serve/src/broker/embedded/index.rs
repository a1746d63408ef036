//! The sparse index of a segment: where an offset or a time begins, to within a few KiB.

use bytes::Buf;
use crc32c::crc32c;

use super::frame::FrameHeader;

/// Bytes of a segment that one entry covers: 4,096 entries for a segment of 64 MiB. At most so much
/// is read in vain before the record that was asked for.
const STRIDE_BYTES: u64 = 16 << 10;

const MAGIC: u64 = u64::from_le_bytes(*b"SLUICEX1");
const FIXED_BYTES: usize = 28;
const ENTRY_BYTES: usize = 24;

/// Frames that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct IndexEntry {
    offset: u64,
    position: u64,
    /// Newest timestamp in the run.
    max_timestamp_ms: i64,
}

/// The sparse index of one segment.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    entries: Vec<IndexEntry>,
}

impl Index {
    /// Notes a frame that was written at `position`, after all frames noted before.
    pub(super) fn note(&mut self, frame: &FrameHeader, position: u64) {
        match self.entries.last_mut() {
            Some(run) if position < run.position + STRIDE_BYTES => {
                run.max_timestamp_ms = run.max_timestamp_ms.max(frame.max_timestamp_ms);
            }
            _ => self.entries.push(IndexEntry {
                offset: frame.base_offset,
                position,
                max_timestamp_ms: frame.max_timestamp_ms,
            }),
        }
    }

    /// Position of a frame at or before `offset`; `None` if the index begins later.
    pub(super) fn position_of(&self, offset: u64) -> Option<u64> {
        let after = self.entries.partition_point(|entry| entry.offset <= offset);
        Some(self.entries[after.checked_sub(1)?].position)
    }

    /// Position from which the first record at or after `timestamp_ms` is found.
    pub(super) fn position_at(&self, timestamp_ms: i64) -> Option<u64> {
        let run = self.entries.iter().find(|entry| entry.max_timestamp_ms >= timestamp_ms)?;
        Some(run.position)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// First position the index knows.
    pub(super) fn begins_at(&self) -> Option<u64> {
        self.entries.first().map(|entry| entry.position)
    }

    /// Puts the entries of an `earlier` part of the segment before these.
    pub(super) fn prepend(&mut self, mut earlier: Self) {
        earlier.entries.append(&mut self.entries);
        *self = earlier;
    }

    /// The bytes of an index file for a segment of `segment_len` bytes.
    pub(super) fn encode(&self, segment_len: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(FIXED_BYTES + self.entries.len() * ENTRY_BYTES);
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&MAGIC.to_le_bytes());
        out.extend_from_slice(&segment_len.to_le_bytes());
        out.extend_from_slice(&(self.entries.len() as u64).to_le_bytes());
        for entry in &self.entries {
            out.extend_from_slice(&entry.offset.to_le_bytes());
            out.extend_from_slice(&entry.position.to_le_bytes());
            out.extend_from_slice(&entry.max_timestamp_ms.to_le_bytes());
        }
        let crc = crc32c(&out[4..]);
        out[..4].copy_from_slice(&crc.to_le_bytes());
        out
    }

    /// Reads an index file; `None` if it is damaged or of another state of the segment. Such a
    /// file is no loss: the index is built again from the frames.
    pub(super) fn decode(bytes: &[u8], segment_len: u64) -> Option<Self> {
        let mut rest = bytes.get(..FIXED_BYTES)?;
        if rest.get_u32_le() != crc32c(&bytes[4..]) || rest.get_u64_le() != MAGIC {
            return None;
        }
        if rest.get_u64_le() != segment_len {
            return None;
        }
        let count = usize::try_from(rest.get_u64_le()).ok()?;
        let mut rest = &bytes[FIXED_BYTES..];
        if rest.len() != count.checked_mul(ENTRY_BYTES)? {
            return None;
        }
        let entry = |_| IndexEntry {
            offset: rest.get_u64_le(),
            position: rest.get_u64_le(),
            max_timestamp_ms: rest.get_i64_le(),
        };
        Some(Self { entries: (0..count).map(entry).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::embedded::frame::PartitionKey;

    fn index() -> Index {
        let mut index = Index::default();
        for n in 0..100_u32 {
            let frame = FrameHeader {
                body_len: 0,
                base_offset: u64::from(n) * 10,
                count: 10,
                body_crc: 0,
                max_timestamp_ms: 1000 + i64::from(n ^ 1),
                partition: PartitionKey { topic_id: 0, number: 0 },
            };
            index.note(&frame, 32 + u64::from(n) * 4096);
        }
        index
    }

    #[test]
    fn an_offset_is_found_at_or_before_its_frame() {
        let index = index();
        assert_eq!(index.entries.len(), 25);
        assert_eq!(index.position_of(0), Some(32));
        assert_eq!(index.position_of(39), Some(32));
        assert_eq!(index.position_of(40), Some(32 + 4 * 4096));
        assert_eq!(index.position_of(5000), Some(32 + 96 * 4096));
    }

    #[test]
    fn a_time_is_found_in_the_first_run_that_reaches_it() {
        let index = index();
        assert_eq!(index.position_at(0), Some(32));
        assert_eq!(index.position_at(1004), Some(32 + 4 * 4096));
        assert_eq!(index.position_at(1100), None);
    }

    #[test]
    fn a_file_of_another_state_is_not_used() {
        let bytes = index().encode(77);
        assert_eq!(Index::decode(&bytes, 77).unwrap().entries, index().entries);
        assert!(Index::decode(&bytes, 78).is_none());
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 1;
            assert!(Index::decode(&bad, 77).is_none(), "byte {at}");
            assert!(Index::decode(&bytes[..at], 77).is_none(), "cut at {at}");
        }
    }
}
