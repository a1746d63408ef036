//! The log in this process: the default broker, with nothing to install.
//!
//! ```text
//! caller: encode frames ─▶ queue (bounded) ─▶ writer thread: group ─▶ journal, one sync
//!                                                ├─▶ partitions' tails, shown to readers ─▶ segments
//!                                                └─▶ answers, watchers
//! now and then: checkpoint = sync segments, then write what exists, then reuse the journal
//! ```
//! **Invariant:** whatever was answered `Ok`, or shown to a reader, is in the synced journal or
//! covered by a checkpoint. Only the writer changes anything: a thread, or in memory whoever hands
//! over a job, one at a time.
//!
//! Why one journal and not a sync for each partition's file: 64 dirty files cost 64 syncs, and
//! running them side by side gains little, because each also commits file-system metadata. The
//! price is that every byte is written twice, the second time without waiting.

use std::sync::Arc;

use super::BrokerError;
use partition::Partition;
use queue::Answer;
use read::Reader;
use shared::Shared;
use writer::{Ended, Writer};

pub mod settings;
mod broker;
mod produce;
mod queue;
mod writer;
mod entry;
mod journal;
mod store;
mod catalog;
mod partition;
mod segment;
mod files;
mod layout;
mod frame;
mod index;
mod scan;
mod read;
mod lookup;
mod jobs;
mod member;
mod retention;
mod checkpoint;
mod recovery;
mod shared;
#[cfg(test)]
mod tests;

pub use settings::{EmbeddedSettings, Storage};

/// The embedded log. Dropping it lets the writer finish what was taken; [`close`](super::Broker::close) waits.
#[derive(Debug)]
pub struct Embedded {
    shared: Arc<Shared>,
    ended: Ended,
}

impl Embedded {
    /// Opens the log in a folder, or makes one. Blocks: reads what the journal holds, at most two
    /// journal files.
    ///
    /// # Errors
    /// The folder belongs to another process, cannot be read or written, or is damaged other than
    /// by a torn end; the text names file, byte, what was found and what to do.
    pub fn open(settings: EmbeddedSettings) -> anyhow::Result<Self> {
        Self::start(recovery::open(settings)?)
    }

    /// A log in memory with the default bounds; other ones go through [`Self::open`].
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn memory() -> anyhow::Result<Self> {
        Self::open(EmbeddedSettings::memory())
    }

    fn start(writer: Writer) -> anyhow::Result<Self> {
        let shared = Arc::clone(&writer.shared);
        Ok(Self { shared, ended: writer.start()? })
    }

    /// Reads on this thread if the disk need not be waited for, otherwise on one that may wait.
    async fn read<T: Send + 'static>(
        &self,
        partition: Arc<Partition>,
        is_cold: bool,
        read: impl FnOnce(Reader<'_>) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let shared = Arc::clone(&self.shared);
        let work = move || read(Reader { partition: &partition, files: &shared.files });
        if !is_cold {
            return work();
        }
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
            Err(BrokerError::Refused { reason: format!("reading ended with: {error}") })
        })
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.shared.close();
    }
}
