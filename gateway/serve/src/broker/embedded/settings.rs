//! What an operator may choose about the log, and the limits that follow from it.

use std::{path::PathBuf, time::Duration};

use anyhow::ensure;

use crate::clock::Clock;

/// Size at which a segment is sealed and the next one begun.
///
/// Retention frees whole segments, so this is also its grain; reopening never reads one whole.
pub const SEGMENT_BYTES: u64 = 64 << 20;

/// Size of each of the two journal files.
///
/// Both together bound what is replayed on opening (1 ms a MiB), and one is what the background
/// checkpoint must sync before the writer would wait for it.
pub const JOURNAL_BYTES: u64 = 32 << 20;

/// Most bytes that may wait for the writer; more is answered with `Busy`.
///
/// About a tenth of a second of a good disk: longer queues only make answers late.
pub const QUEUE_BYTES_MAX: usize = 64 << 20;

/// How often age is looked at when nothing is written.
pub const RETENTION_CHECK: Duration = Duration::from_secs(30);

/// Most segment files kept open at once; half of the usual descriptor limit of 1,024.
pub const OPEN_FILES_MAX: usize = 512;

/// Largest append, encoded; a larger one is refused. Kafka's default limit is 1 MiB a batch.
pub const APPEND_BYTES_MAX: usize = 8 << 20;

/// What a partition of the memory broker keeps unless told otherwise.
pub const MEMORY_RETENTION_BYTES: u64 = 64 << 20;

/// Segment size of the memory broker: an eighth of what it keeps.
pub const MEMORY_SEGMENT_BYTES: u64 = MEMORY_RETENTION_BYTES / 8;

/// Most partitions a topic may have: each costs a folder and some hundred bytes of memory.
pub const PARTITIONS_MAX: u32 = 10_000;

/// Longest metadata of a group's commit.
pub const COMMIT_METADATA_BYTES_MAX: usize = 64 << 10;

/// Longest name of a group.
pub const GROUP_NAME_BYTES_MAX: usize = 1 << 10;

const _: () = assert!(4 * APPEND_BYTES_MAX as u64 <= JOURNAL_BYTES);
const _: () = assert!(APPEND_BYTES_MAX <= QUEUE_BYTES_MAX);

/// Where records are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In this folder, which is made if it is missing and belongs to one process at a time.
    Folder(PathBuf),
    /// In memory; gone when the broker is dropped.
    Memory,
}

/// How the log is kept. Start with [`Self::folder`] or [`Self::memory`] and change fields.
#[derive(Clone, Debug)]
pub struct EmbeddedSettings {
    /// Where records are kept.
    pub storage: Storage,
    /// Size at which a segment is sealed; an append that is larger gets one of its own.
    pub segment_bytes: u64,
    /// Keep at most about so many bytes of each partition; `None` keeps all.
    pub retention_bytes: Option<u64>,
    /// Free segments whose newest record is older; `None` keeps all. Record timestamps decide,
    /// so a producer that sends old ones sees them go early.
    pub retention_age: Option<Duration>,
    /// How often age is looked at.
    pub retention_check: Duration,
    /// Most bytes waiting for the writer; more is answered with `Busy`.
    pub queue_bytes_max: usize,
    /// Size of each of the two journal files. Fixed when the folder is made: afterwards the
    /// files' own size counts.
    pub journal_bytes: u64,
    /// Most segment files kept open at once.
    pub open_files_max: usize,
    /// What time it is: stamps records that come without a time, and tells which are old.
    pub clock: Clock,
}

impl EmbeddedSettings {
    /// A durable log in `folder` that keeps everything.
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            storage: Storage::Folder(folder.into()),
            segment_bytes: SEGMENT_BYTES,
            retention_bytes: None,
            retention_age: None,
            retention_check: RETENTION_CHECK,
            queue_bytes_max: QUEUE_BYTES_MAX,
            journal_bytes: JOURNAL_BYTES,
            open_files_max: OPEN_FILES_MAX,
            clock: Clock::System,
        }
    }

    /// A log in memory, with a bound on what each partition keeps.
    pub fn memory() -> Self {
        Self {
            storage: Storage::Memory,
            segment_bytes: MEMORY_SEGMENT_BYTES,
            retention_bytes: Some(MEMORY_RETENTION_BYTES),
            ..Self::folder("")
        }
    }

    /// Says what is wrong with the numbers, if anything.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        ensure!(self.segment_bytes >= 1024, "a segment must have 1,024 bytes or more");
        ensure!(self.segment_bytes <= 1 << 30, "a segment must not have more than 1 GiB");
        ensure!(self.journal_bytes >= 256 << 10, "the journal must have 256 KiB or more");
        ensure!(self.journal_bytes <= 1 << 30, "the journal must not have more than 1 GiB");
        ensure!(self.open_files_max >= 16, "at least 16 files must be allowed to be open");
        Ok(())
    }
}
