//! The journal: the one file that is synced before an answer, and the proof that it was.
//!
//! There are two files of a fixed size, written in turn and over again, so that a sync flushes
//! data and no file-system metadata. A file may be overwritten once a checkpoint covers it.
//!
//! ```text
//! file:  8 bytes "SLUICEJ1", u64 salt, zeros to 64, then groups, each on a multiple of 64
//! group: u64 salt, u64 sequence, u32 body length, u32 body CRC32C, u32 CRC32C of these; body
//! ```
//! The salt is random and never leaves the folder, so no record can contain a forged group.

use std::{fmt, fs::File, io, os::unix::fs::FileExt, path::Path};

use bytes::Buf;
use crc32c::crc32c;

use super::layout;

/// Groups begin on multiples of this.
pub(super) const ALIGN: u64 = 64;

/// Where the first group of a file begins.
pub(super) const FIRST: u64 = ALIGN;

/// Bytes of a group before its body.
pub(super) const GROUP_HEADER_BYTES: usize = 28;

/// Names of the two files.
pub(super) const NAMES: [&str; 2] = ["journal-0", "journal-1"];

const MAGIC: &[u8; 8] = b"SLUICEJ1";

/// A journal file as the writer needs it; tests put failing ones in its place.
pub(super) trait JournalFile: Send + fmt::Debug {
    /// Writes all of `bytes` at `position`.
    fn write(&self, bytes: &[u8], position: u64) -> io::Result<()>;
    /// Waits until what was written survives a power loss.
    fn sync(&self) -> io::Result<()>;
}

impl JournalFile for File {
    fn write(&self, bytes: &[u8], position: u64) -> io::Result<()> {
        self.write_all_at(bytes, position)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

/// A place in the journal: the next group is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JournalPosition {
    /// Which of the two files.
    pub(super) file: u8,
    /// Byte in it.
    pub(super) position: u64,
    /// Number of the group.
    pub(super) sequence: u64,
}

/// What the header of a group says.
#[derive(Clone, Copy, Debug)]
pub(super) struct JournalGroupHeader {
    pub(super) sequence: u64,
    pub(super) body_len: usize,
    body_crc: u32,
}

impl JournalGroupHeader {
    /// Reads a header; `None` if there is none of this journal.
    pub(super) fn read(bytes: &[u8], salt: u64) -> Option<Self> {
        let mut rest = bytes.get(..GROUP_HEADER_BYTES)?;
        if rest.get_u64_le() != salt {
            return None;
        }
        let sequence = rest.get_u64_le();
        let body_len = rest.get_u32_le() as usize;
        let body_crc = rest.get_u32_le();
        (rest.get_u32_le() == crc32c(&bytes[..24])).then_some(Self { sequence, body_len, body_crc })
    }

    /// True if `body` is what was written after this header.
    pub(super) fn fits(&self, body: &[u8]) -> bool {
        body.len() == self.body_len && crc32c(body) == self.body_crc
    }

    /// Bytes from this group to the next one.
    pub(super) fn stride(&self) -> u64 {
        ((GROUP_HEADER_BYTES + self.body_len) as u64).next_multiple_of(ALIGN)
    }
}

/// What never changes about a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JournalFormat {
    /// Random mark of every group.
    pub(super) salt: u64,
    /// Size of each file.
    pub(super) file_bytes: u64,
}

/// The journal, open for writing.
#[derive(Debug)]
pub(super) struct Journal {
    pub(super) files: [Box<dyn JournalFile>; 2],
    pub(super) format: JournalFormat,
    pub(super) cursor: JournalPosition,
}

impl Journal {
    /// True if a group of this size, header included, must go to the other file.
    pub(super) fn is_full_for(&self, group_len: usize) -> bool {
        let end = self.cursor.position + (group_len as u64).next_multiple_of(ALIGN);
        end > self.format.file_bytes
    }

    /// Goes on at the start of the other file, which a checkpoint must have freed.
    pub(super) fn switch(&mut self) {
        self.cursor.file ^= 1;
        self.cursor.position = FIRST;
    }

    /// Writes and syncs a group, which begins with [`GROUP_HEADER_BYTES`] of room. When this
    /// returns, the group survives; after an error nobody knows.
    pub(super) fn append(&mut self, group: &mut [u8]) -> io::Result<()> {
        let body_len = u32::try_from(group.len() - GROUP_HEADER_BYTES).expect("limited to MiB");
        let body_crc = crc32c(&group[GROUP_HEADER_BYTES..]);
        group[..8].copy_from_slice(&self.format.salt.to_le_bytes());
        group[8..16].copy_from_slice(&self.cursor.sequence.to_le_bytes());
        group[16..20].copy_from_slice(&body_len.to_le_bytes());
        group[20..24].copy_from_slice(&body_crc.to_le_bytes());
        let crc = crc32c(&group[..24]);
        group[24..28].copy_from_slice(&crc.to_le_bytes());

        let file = &self.files[usize::from(self.cursor.file)];
        file.write(group, self.cursor.position)?;
        file.sync()?;
        self.cursor.position += (group.len() as u64).next_multiple_of(ALIGN);
        self.cursor.sequence += 1;
        Ok(())
    }
}

/// A quarter of a journal file.
///
/// A group takes jobs until it has a quarter, and no job is larger than that, so that every
/// group, with what entries add to their frames, fits into one file.
pub(super) fn quarter(file_bytes: u64) -> usize {
    usize::try_from(file_bytes / 4).expect("at most 1 GiB")
}

/// Makes both files of a new journal, written to the last byte so that their blocks exist.
pub(super) fn create(folder: &Path, format: JournalFormat) -> io::Result<()> {
    let zeros = vec![0; 1 << 20];
    for name in NAMES {
        let file = File::create(folder.join(name))?;
        let mut position = 0;
        while position < format.file_bytes {
            let piece = (format.file_bytes - position).min(zeros.len() as u64);
            let until = usize::try_from(piece).expect("at most the buffer");
            file.write_all_at(&zeros[..until], position)?;
            position += piece;
        }
        file.write_all_at(&file_header(format.salt), 0)?;
        file.sync_all()?;
    }
    layout::sync_folder(folder)
}

/// First bytes of both files.
pub(super) fn file_header(salt: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..].copy_from_slice(&salt.to_le_bytes());
    bytes
}
