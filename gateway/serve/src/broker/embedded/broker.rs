//! The embedded log as a [`Broker`]: each method checks what it can from the catalog, and hands on.

use std::sync::Arc;

use tokio::sync::watch;

use super::{
    catalog::Topic,
    handle::{WriterHandle, check_topic},
    member::EmbeddedMember,
    partition::Partition,
    produce,
    queue::Answer,
    read::{ReadLimits, Reader},
    recovery,
    settings::EmbeddedSettings,
    writer::Writer,
};
use crate::{
    broker::{
        Append, Appended, Broker, BrokerError, BrokerFuture, BrokerState, Committed, Fetch,
        GroupMember, NewTopic, OffsetRange, TopicDetails, TopicInfo,
    },
    message::{StoredRecord, TopicName, TopicPartition},
};

/// The embedded log. Dropping it lets the writer finish what was taken; [`close`](Broker::close)
/// waits for that.
#[derive(Debug)]
pub struct EmbeddedBroker {
    writer: Arc<WriterHandle>,
}

impl EmbeddedBroker {
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

    pub(super) fn start(writer: Writer) -> anyhow::Result<Self> {
        Ok(Self { writer: Arc::new(WriterHandle::start(writer)?) })
    }

    /// Reads on this thread if the disk need not be waited for, otherwise on one that may wait.
    async fn read<T: Send + 'static>(
        &self,
        partition: Arc<Partition>,
        is_cold: bool,
        read: impl FnOnce(Reader<'_>) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let log = Arc::clone(&self.writer.log);
        let work = move || read(Reader { partition: &partition, files: &log.files });
        if !is_cold {
            return work();
        }
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
            Err(BrokerError::Refused { reason: format!("reading ended with: {error}") })
        })
    }
}

impl Drop for EmbeddedBroker {
    fn drop(&mut self) {
        self.writer.close();
    }
}

impl Broker for EmbeddedBroker {
    fn name(&self) -> &'static str {
        if self.writer.log.root.is_some() { "embedded" } else { "memory" }
    }

    fn state(&self) -> BrokerState {
        match self.writer.log.queue.end() {
            None => BrokerState::Ready,
            Some(end) => BrokerState::Away { reason: end.error().to_string() },
        }
    }

    fn topic(&self, name: &str) -> Option<TopicInfo> {
        self.writer.log.catalog.topics().get(name).map(|topic| topic.info())
    }

    fn look_up<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Option<TopicInfo>, BrokerError>> {
        let found = self.writer.log.check_open().map(|()| self.topic(name.as_str()));
        Box::pin(async { found })
    }

    fn describe_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<TopicDetails, BrokerError>> {
        let found = self.writer.log.check_open().and_then(|()| self.writer.log.catalog.topic(name));
        let details = found.map(|topic| TopicDetails {
            info: topic.info(),
            replicas: 1,
            configs: Vec::new(),
        });
        Box::pin(async { details })
    }

    fn delete_records<'a>(
        &'a self,
        partition: &'a TopicPartition,
        before: u64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        let found = self.writer.log.partition(partition);
        let sent = found.and_then(|found| self.writer.send_trim(found, before));
        Box::pin(async { produce::answered(sent?.await) })
    }

    fn delete_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        let sent = self.writer.send_delete(name);
        Box::pin(async { produce::answered(sent?.await) })
    }

    fn join(&self, group: &str, topic: &TopicName) -> Result<Arc<dyn GroupMember>, BrokerError> {
        self.writer.log.check_open()?;
        let count = self.writer.log.catalog.topic(topic)?.info().partitions;
        Ok(Arc::new(EmbeddedMember::new(Arc::clone(&self.writer), group, topic, count)))
    }

    fn topics(&self) -> BrokerFuture<'_, Result<Vec<TopicInfo>, BrokerError>> {
        let infos =
            || self.writer.log.catalog.topics().values().map(|topic| topic.info()).collect();
        let topics = self.writer.log.check_open().map(|()| infos());
        Box::pin(async { topics })
    }

    fn check_topic(&self, topic: &NewTopic) -> Result<(), BrokerError> {
        check_topic(topic)
    }

    fn create_topic(&self, topic: NewTopic) -> BrokerFuture<'_, Result<TopicInfo, BrokerError>> {
        let sent = self.writer.send_create(topic);
        Box::pin(async { produce::answered(sent?.await) })
    }

    fn produce(
        &self,
        appends: Vec<Append>,
    ) -> BrokerFuture<'_, Vec<Result<Appended, BrokerError>>> {
        let produced = produce::produce(&self.writer, &appends);
        Box::pin(produced.finish())
    }

    fn expects_offsets(&self) -> bool {
        true
    }

    fn boundary_below(&self, partition: &TopicPartition, before: u64) -> Option<u64> {
        let partition = self.writer.log.partition(partition).ok()?;
        Some(partition.boundary_below(before))
    }

    fn fetch(&self, fetch: Fetch) -> BrokerFuture<'_, Result<Vec<StoredRecord>, BrokerError>> {
        Box::pin(async move {
            let partition = self.writer.log.partition(&fetch.partition)?;
            let Fetch { from, records_max, bytes_max, .. } = fetch;
            let wanted = ReadLimits { records_max, bytes_max };
            let is_cold =
                Reader { partition: &partition, files: &self.writer.log.files }.is_cold(from);
            self.read(partition, is_cold, move |reader| reader.fetch(from, wanted)).await
        })
    }

    fn offsets<'a>(
        &'a self,
        partition: &'a TopicPartition,
    ) -> BrokerFuture<'a, Result<OffsetRange, BrokerError>> {
        let range = self.writer.log.partition(partition).map(|partition| partition.offsets());
        Box::pin(async { range })
    }

    fn all_offsets<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<OffsetRange>, BrokerError>> {
        let found =
            self.writer.log.check_open().and_then(|()| self.writer.log.catalog.topic(topic));
        let ranges = |topic: Arc<Topic>| topic.partitions.iter().map(|p| p.offsets()).collect();
        let ranges = found.map(ranges);
        Box::pin(async { ranges })
    }

    fn offset_at<'a>(
        &'a self,
        partition: &'a TopicPartition,
        timestamp_ms: i64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        Box::pin(async move {
            let partition = self.writer.log.partition(partition)?;
            let in_folder = partition.folder.is_some();
            self.read(partition, in_folder, move |reader| reader.offset_at(timestamp_ms)).await
        })
    }

    fn watch(&self, topic: &str) -> Option<watch::Receiver<u64>> {
        self.writer.log.catalog.topics().get(topic).map(|topic| topic.changes.subscribe())
    }

    fn watch_topics(&self) -> watch::Receiver<u64> {
        self.writer.log.catalog.changes.subscribe()
    }

    fn commit<'a>(
        &'a self,
        group: &'a str,
        partition: &'a TopicPartition,
        committed: Committed,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        let found = self.writer.log.partition(partition);
        let sent = found.and_then(|found| self.writer.send_commit(group, found, committed));
        Box::pin(async { produce::answered(sent?.await) })
    }

    fn committed<'a>(
        &'a self,
        group: &'a str,
        partition: &'a TopicPartition,
    ) -> BrokerFuture<'a, Result<Option<Committed>, BrokerError>> {
        let found = self
            .writer
            .log
            .partition(partition)
            .map(|partition| self.writer.log.catalog.committed(group, partition.key));
        Box::pin(async { found })
    }

    fn groups<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<String>, BrokerError>> {
        let found =
            self.writer.log.check_open().and_then(|()| self.writer.log.catalog.topic(topic));
        let groups = found.map(|topic| self.writer.log.catalog.groups_of(topic.id));
        Box::pin(async { groups })
    }

    fn forget_group<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        let found =
            self.writer.log.check_open().and_then(|()| self.writer.log.catalog.topic(topic));
        let sent = found.and_then(|topic| self.writer.send_forget(group, topic));
        Box::pin(async { produce::answered(sent?.await) })
    }

    fn close(&self) -> BrokerFuture<'_, Result<(), BrokerError>> {
        self.writer.close();
        let mut ended = self.writer.ended();
        Box::pin(async move {
            let outcome = ended.wait_for(Option::is_some).await.map(|outcome| outcome.clone());
            outcome.ok().flatten().unwrap_or_else(|| {
                let reason = "the writer of the log panicked: restart the gateway".to_owned();
                Err(BrokerError::Unknown { reason })
            })
        })
    }
}
