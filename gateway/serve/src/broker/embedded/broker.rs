//! The trait's methods: each checks what it can from the catalog, and hands on.

use std::sync::Arc;

use tokio::sync::watch;

use super::{
    Embedded,
    catalog::Topic,
    jobs::check_topic,
    member::Member,
    produce,
    read::{Reader, Wanted},
};
use crate::{
    broker::{
        Append, Appended, Broker, BrokerError, BrokerFuture, BrokerState, Committed, Fetch,
        GroupMember, NewTopic, OffsetRange, TopicDetails, TopicInfo,
    },
    message::{StoredRecord, TopicName},
};

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
        topic: &'a TopicName,
        partition: u32,
        before: u64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        let found = self.shared.partition(topic, partition);
        let sent = found.and_then(|found| self.shared.send_trim(found, before));
        Box::pin(async { produce::answered(sent?.await) })
    }

    fn delete_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        let sent = self.shared.send_delete(name);
        Box::pin(async { produce::answered(sent?.await) })
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

    fn check_topic(&self, topic: &NewTopic) -> Result<(), BrokerError> {
        check_topic(topic)
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

    fn expects_offsets(&self) -> bool {
        true
    }

    fn boundary_below(&self, topic: &TopicName, partition: u32, before: u64) -> Option<u64> {
        let partition = self.shared.partition(topic, partition).ok()?;
        Some(partition.boundary_below(before))
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

    fn all_offsets<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<OffsetRange>, BrokerError>> {
        let found = self.shared.check_open().and_then(|()| self.shared.catalog.topic(topic));
        let ranges = |topic: Arc<Topic>| topic.partitions.iter().map(|p| p.offsets()).collect();
        let ranges = found.map(ranges);
        Box::pin(async { ranges })
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

    fn groups<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<String>, BrokerError>> {
        let found = self.shared.check_open().and_then(|()| self.shared.catalog.topic(topic));
        let groups = found.map(|topic| self.shared.catalog.groups_of(topic.id));
        Box::pin(async { groups })
    }

    fn forget_group<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        let found = self.shared.check_open().and_then(|()| self.shared.catalog.topic(topic));
        let sent = found.and_then(|topic| self.shared.send_forget(group, topic));
        Box::pin(async { produce::answered(sent?.await) })
    }

    fn close(&self) -> BrokerFuture<'_, Result<(), BrokerError>> {
        self.shared.close();
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
