//! The log in this process: the default broker, with nothing to install.
//!
//! ```text
//! caller: encode frames ─▶ queue (bounded) ─▶ writer thread: group ─▶ journal, one sync
//!                                                ├─▶ partitions' tails, shown to readers ─▶ segments
//!                                                └─▶ answers, watchers
//! now and then: checkpoint = sync segments, then write what exists, then reuse the journal
//! ```
//! **Invariant:** whatever was answered `Ok`, or shown to a reader, is in the synced journal or
//! covered by a checkpoint. Only the writer thread changes anything.
//!
//! Why one journal and not a sync for each partition's file: 64 dirty files cost 64 syncs, and
//! running them side by side gains little, because each also commits file-system metadata. The
//! price is that every byte is written twice, the second time without waiting.

use std::sync::Arc;

use tokio::sync::watch;

use super::{
    Append, Appended, Broker, BrokerError, BrokerFuture, BrokerState, Committed, Fetch,
    GroupMember, NewTopic, OffsetRange, TopicDetails, TopicInfo,
};
use crate::message::{StoredRecord, TopicName};
use member::Member;
use partition::Partition;
use queue::Answer;
use read::{Reader, Wanted};
use shared::Shared;
use writer::{Ended, Writer};

pub mod settings;
mod produce;
mod queue;
mod writer;
mod group;
mod entry;
mod journal;
mod store;
mod catalog;
mod partition;
mod segment;
mod files;
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
mod replay;
mod sweep;
mod shared;
mod fsync;
mod wire;
#[cfg(test)]
mod tests;

pub use settings::{EmbeddedSettings, Storage};

/// The embedded log. Dropping it lets the writer finish what was taken; [`Broker::close`] waits.
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

impl Broker for Embedded {
    fn name(&self) -> &'static str {
        if self.shared.root.is_some() { "embedded" } else { "memory" }
    }

    fn state(&self) -> BrokerState {
        match self.shared.queue.end() {
            None => BrokerState::Ready,
            Some(end) => BrokerState::Away { reason: end.error().to_string() },
        }
    }

    fn topic(&self, name: &str) -> Option<TopicInfo> {
        self.shared.catalog.topics().get(name).map(|topic| topic.info())
    }

    fn look_up<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Option<TopicInfo>, BrokerError>> {
        let found = self.shared.check_open().map(|()| self.topic(name.as_str()));
        Box::pin(async { found })
    }

    fn describe_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<TopicDetails, BrokerError>> {
        let found = self.shared.check_open().and_then(|()| self.shared.catalog.topic(name));
        let details = found.map(|topic| TopicDetails {
            info: topic.info(),
            replicas: 1,
            configs: Vec::new(),
        });
        Box::pin(async { details })
    }

    fn delete_records<'a>(
        &'a self,
        _topic: &'a TopicName,
        _partition: u32,
        _before: u64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        let reason = "the embedded log deletes by age and size only".to_owned();
        Box::pin(async { Err(BrokerError::Refused { reason }) })
    }

    fn join(&self, group: &str, topic: &TopicName) -> Result<Arc<dyn GroupMember>, BrokerError> {
        self.shared.check_open()?;
        let count = self.shared.catalog.topic(topic)?.info().partitions;
        Ok(Arc::new(Member::new(Arc::clone(&self.shared), group, topic, count)))
    }

    fn topics(&self) -> BrokerFuture<'_, Result<Vec<TopicInfo>, BrokerError>> {
        let infos = || self.shared.catalog.topics().values().map(|topic| topic.info()).collect();
        let topics = self.shared.check_open().map(|()| infos());
        Box::pin(async { topics })
    }

    fn create_topic(&self, topic: NewTopic) -> BrokerFuture<'_, Result<TopicInfo, BrokerError>> {
        let sent = self.shared.send_create(topic);
        Box::pin(async { produce::answered(sent?.await) })
    }

    fn produce(
        &self,
        appends: Vec<Append>,
    ) -> BrokerFuture<'_, Vec<Result<Appended, BrokerError>>> {
        let produced = produce::produce(&self.shared, &appends);
        Box::pin(produced.finish())
    }

    fn fetch(&self, fetch: Fetch) -> BrokerFuture<'_, Result<Vec<StoredRecord>, BrokerError>> {
        Box::pin(async move {
            let partition = self.shared.partition(&fetch.topic, fetch.partition)?;
            let Fetch { from, records_max, bytes_max, .. } = fetch;
            let wanted = Wanted { records_max, bytes_max };
            let is_cold = Reader { partition: &partition, files: &self.shared.files }.is_cold(from);
            self.read(partition, is_cold, move |reader| reader.fetch(from, wanted)).await
        })
    }

    fn offsets<'a>(
        &'a self,
        topic: &'a TopicName,
        partition: u32,
    ) -> BrokerFuture<'a, Result<OffsetRange, BrokerError>> {
        let range = self.shared.partition(topic, partition).map(|partition| partition.offsets());
        Box::pin(async { range })
    }

    fn offset_at<'a>(
        &'a self,
        topic: &'a TopicName,
        partition: u32,
        timestamp_ms: i64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        Box::pin(async move {
            let partition = self.shared.partition(topic, partition)?;
            let in_folder = partition.folder.is_some();
            self.read(partition, in_folder, move |reader| reader.offset_at(timestamp_ms)).await
        })
    }

    fn watch(&self, topic: &str) -> Option<watch::Receiver<u64>> {
        self.shared.catalog.topics().get(topic).map(|topic| topic.changes.subscribe())
    }

    fn watch_topics(&self) -> watch::Receiver<u64> {
        self.shared.catalog.changes.subscribe()
    }

    fn commit<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
        partition: u32,
        committed: Committed,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        let found = self.shared.partition(topic, partition);
        let sent = found.and_then(|found| self.shared.send_commit(group, found, committed));
        Box::pin(async { produce::answered(sent?.await) })
    }

    fn committed<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
        partition: u32,
    ) -> BrokerFuture<'a, Result<Option<Committed>, BrokerError>> {
        let found = self.shared.partition(topic, partition).map(|partition| {
            let place = (partition.topic_id, partition.number);
            self.shared.catalog.committed(group, place)
        });
        Box::pin(async { found })
    }

    fn close(&self) -> BrokerFuture<'_, Result<(), BrokerError>> {
        self.shared.queue.close();
        let mut ended = self.ended.clone();
        Box::pin(async move {
            let outcome = ended.wait_for(Option::is_some).await.map(|outcome| outcome.clone());
            outcome.ok().flatten().unwrap_or_else(|| {
                let reason = "the writer of the log panicked: restart the gateway".to_owned();
                Err(BrokerError::Unknown { reason })
            })
        })
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.shared.queue.close();
    }
}
