//! Segment files that are open: a bounded number, the least recently used ones are closed.
//!
//! A file that is closed before its checkpoint is opened again to be synced. Linux reports a
//! failed write-back to the first who asks, also on a new descriptor, so no error is lost.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use super::{
    index::Index,
    layout,
    partition::Partition,
    segment::{self, SEGMENT_HEADER_BYTES, SegmentKey},
};

/// An open segment file.
#[derive(Debug)]
pub(super) struct SegmentFile {
    pub(super) file: File,
    /// Index of a sealed segment, once somebody needed it.
    pub(super) index: OnceLock<Index>,
}

/// All open segment files of a log.
#[derive(Debug)]
pub(super) struct SegmentFiles {
    open_max: usize,
    open: Mutex<OpenFiles>,
}

#[derive(Debug, Default)]
struct OpenFiles {
    files: HashMap<SegmentKey, (Arc<SegmentFile>, u64)>,
    /// Counts uses; the smallest stamp is the least recent.
    clock: u64,
}

impl SegmentFiles {
    pub(super) fn new(open_max: usize) -> Self {
        Self { open_max, open: Mutex::default() }
    }

    /// The file of a segment that exists; its header is checked when it is opened.
    pub(super) fn open(&self, partition: &Partition, base: u64) -> io::Result<Arc<SegmentFile>> {
        self.get(partition, base, |folder| {
            let path = layout::segment_file(folder, base);
            let file = OpenOptions::new().read(true).write(true).open(&path)?;
            let mut found = [0; SEGMENT_HEADER_BYTES];
            file.read_exact_at(&mut found, 0)?;
            if found == segment::header(partition.segment_key(base)) {
                return Ok(file);
            }
            Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{}: bytes 0 to 31 are not the header of this segment", path.display()),
            ))
        })
    }

    /// The file of a segment that is about to be written, made if there is none.
    pub(super) fn open_or_create(
        &self,
        partition: &Partition,
        base: u64,
    ) -> io::Result<Arc<SegmentFile>> {
        self.get(partition, base, |folder| {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            let path = layout::segment_file(folder, base);
            match options.open(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    fs::create_dir_all(folder)?;
                    options.open(&path)
                }
                opened => opened,
            }
        })
    }

    /// Closes a segment that is about to be removed.
    pub(super) fn forget(&self, partition: &Partition, base: u64) {
        let key = partition.segment_key(base);
        self.open.lock().unwrap_or_else(PoisonError::into_inner).files.remove(&key);
    }

    fn get(
        &self,
        partition: &Partition,
        base: u64,
        open: impl FnOnce(&std::path::Path) -> io::Result<File>,
    ) -> io::Result<Arc<SegmentFile>> {
        let key = partition.segment_key(base);
        let mut cache = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        cache.clock += 1;
        let now = cache.clock;
        if let Some((file, used)) = cache.files.get_mut(&key) {
            *used = now;
            return Ok(Arc::clone(file));
        }
        cache.make_room(self.open_max);
        let folder = partition.folder.as_deref().expect("only a log in a folder opens files");
        let file = Arc::new(SegmentFile { file: open(folder)?, index: OnceLock::new() });
        cache.files.insert(key, (Arc::clone(&file), now));
        Ok(file)
    }
}

impl OpenFiles {
    /// Closes the older half once the limit is reached, so that this is rare.
    fn make_room(&mut self, open_max: usize) {
        if self.files.len() < open_max {
            return;
        }
        let mut stamps: Vec<u64> = self.files.values().map(|(_, used)| *used).collect();
        let middle = stamps.len() / 2;
        let (_, median, _) = stamps.select_nth_unstable(middle);
        let median = *median;
        self.files.retain(|_, (_, used)| *used > median);
    }
}
