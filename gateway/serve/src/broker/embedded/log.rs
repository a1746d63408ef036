//! One open log: what callers, readers and the writer share.

use std::{path::PathBuf, sync::Arc};

use super::{
    catalog::Catalog,
    files::SegmentFiles,
    partition::Partition,
    queue::{Answer, Queue, QueueEnd},
    retention::Retention,
    settings::{EmbeddedSettings, Storage},
};
use crate::{broker::BrokerError, message::TopicPartition};

/// The state of one open log.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) catalog: Catalog,
    pub(super) queue: Queue,
    pub(super) files: SegmentFiles,
    /// The data folder; `None` in memory.
    pub(super) root: Option<PathBuf>,
    pub(super) retention: Retention,
    pub(super) settings: EmbeddedSettings,
}

impl Log {
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
        }
    }

    /// After a failure reading goes on, after closing it does not.
    pub(super) fn check_open(&self) -> Answer<()> {
        match self.queue.end() {
            Some(QueueEnd::Closed) => Err(BrokerError::Closed),
            Some(QueueEnd::Failed(_)) | None => Ok(()),
        }
    }

    /// A partition of the open log.
    ///
    /// # Errors
    /// `Closed`, `NoSuchTopic`, `NoSuchPartition`.
    pub(super) fn partition(&self, wanted: &TopicPartition) -> Answer<Arc<Partition>> {
        self.check_open()?;
        self.catalog.topic(&wanted.topic)?.partition(wanted.partition).map(Arc::clone)
    }
}
