//! What callers, readers and the writer thread have in common.

use std::path::PathBuf;

use super::{
    EmbeddedSettings, Storage, catalog::Catalog, files::SegmentFiles, queue::Queue,
    retention::Retention, writer::AtHand,
};

/// One open log.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) catalog: Catalog,
    pub(super) queue: Queue,
    pub(super) files: SegmentFiles,
    /// The data folder; `None` in memory.
    pub(super) root: Option<PathBuf>,
    pub(super) retention: Retention,
    pub(super) settings: EmbeddedSettings,
    /// The writer, in memory.
    pub(super) at_hand: AtHand,
}

impl Shared {
    pub(super) fn new(settings: EmbeddedSettings, catalog: Catalog) -> Self {
        let root = match &settings.storage {
            Storage::Folder(folder) => Some(folder.clone()),
            Storage::Memory => None,
        };
        Self {
            catalog,
            queue: Queue::new(settings.queue_bytes_max),
            files: SegmentFiles::new(settings.open_files_max),
            root,
            retention: Retention { bytes: settings.retention_bytes, age: settings.retention_age },
            settings,
            at_hand: AtHand::default(),
        }
    }
}
