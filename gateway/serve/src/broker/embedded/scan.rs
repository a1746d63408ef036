//! Walking over the frames of a segment file, to index it or to find where it ends.

use std::{fs::File, io, os::unix::fs::FileExt};

use crc32c::crc32c;

use super::{
    frame::{FrameHeader, HEADER_BYTES},
    index::Index,
    partition::Partition,
    segment::SEGMENT_HEADER_BYTES,
};

/// Bytes read at once.
const PIECE_BYTES: usize = 1 << 20;

/// The whole frames of a segment.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) index: Index,
    /// Bytes up to the end of the last whole frame.
    pub(super) len: u64,
    /// Offset after the last whole frame, if there is one.
    pub(super) end: Option<u64>,
}

/// Walks over the frames of the first `len` bytes and checks all of them; stops at the first
/// that is not whole.
pub(super) fn whole_frames(file: &File, partition: &Partition, len: u64) -> io::Result<Scanned> {
    let mut scanned = Scanned { len: SEGMENT_HEADER_BYTES as u64, ..Scanned::default() };
    let mut piece = Vec::new();
    let mut piece_start = scanned.len;
    loop {
        let from = usize::try_from(scanned.len - piece_start).expect("a piece is in memory");
        let rest = piece.get(from..).unwrap_or_default();
        match whole_frame(rest) {
            Some(frame) if is_of(&frame, partition) => {
                scanned.index.note(&frame, scanned.len);
                scanned.len += frame.frame_len() as u64;
                scanned.end = Some(frame.end_offset());
            }
            Some(_) => return Ok(scanned),
            None => {
                // Perhaps only cut by the end of the piece: look again with more.
                let known = FrameHeader::read(rest).map_or(0, |frame| frame.frame_len());
                let left = usize::try_from(len.saturating_sub(scanned.len)).unwrap_or(usize::MAX);
                let want = known.max(PIECE_BYTES).min(left);
                if want <= rest.len() || known > left {
                    return Ok(scanned);
                }
                piece.resize(want, 0);
                piece_start = scanned.len;
                file.read_exact_at(&mut piece, piece_start)?;
            }
        }
    }
}

fn whole_frame(bytes: &[u8]) -> Option<FrameHeader> {
    let header = FrameHeader::read(bytes)?;
    let body = bytes.get(HEADER_BYTES..header.frame_len())?;
    (crc32c(body) == header.body_crc).then_some(header)
}

fn is_of(frame: &FrameHeader, partition: &Partition) -> bool {
    frame.partition == partition.key
}
