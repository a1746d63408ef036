//! The overlay as a [`Broker`].

use std::sync::Arc;

use tokio::sync::watch;

use super::{
    effect::Effect,
    member::OverlayMember,
    state::OverlayOffset,
    view::{OverlayBroker, TopicState, no_topic},
};
use crate::{
    broker::{
        Append, Appended, Broker, BrokerError, BrokerFuture, BrokerState, Committed, Fetch,
        GroupMember, NewTopic, OffsetRange, TopicDetails, TopicInfo,
    },
    message::{StoredRecord, TopicName, TopicPartition},
};

impl Broker for OverlayBroker {
    fn name(&self) -> &'static str {
        self.real.name()
    }

    fn is_shared(&self) -> bool {
        self.real.is_shared()
    }

    fn state(&self) -> BrokerState {
        self.real.state()
    }

    fn topic(&self, name: &str) -> Option<TopicInfo> {
        match self.topic_state(name) {
            TopicState::Real => self.real.topic(name),
            TopicState::Created(details) => Some(details.info),
            TopicState::Deleted => None,
        }
    }

    fn look_up<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Option<TopicInfo>, BrokerError>> {
        Box::pin(self.find(name))
    }

    fn topics(&self) -> BrokerFuture<'_, Result<Vec<TopicInfo>, BrokerError>> {
        Box::pin(async {
            let mut topics = self.real.topics().await?;
            let state = self.state();
            topics.retain(|topic| !state.topics.contains_key(&topic.name));
            let created = state.topics.values().flatten();
            topics.extend(created.map(|details| details.info.clone()));
            topics.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(topics)
        })
    }

    fn describe_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<TopicDetails, BrokerError>> {
        Box::pin(async move {
            match self.topic_state(name.as_str()) {
                TopicState::Real => self.real.describe_topic(name).await,
                TopicState::Created(details) => Ok(details),
                TopicState::Deleted => no_topic(name),
            }
        })
    }

    fn check_topic(&self, topic: &NewTopic) -> Result<(), BrokerError> {
        self.real.check_topic(topic)
    }

    fn create_topic(&self, topic: NewTopic) -> BrokerFuture<'_, Result<TopicInfo, BrokerError>> {
        Box::pin(async move {
            self.check_topic(&topic)?;
            if self.find(&topic.name).await?.is_some() {
                return Err(BrokerError::TopicExists { topic: topic.name });
            }
            let NewTopic { name, partitions, configs } = topic;
            let info = TopicInfo { name, partitions };
            let details = TopicDetails { info: info.clone(), replicas: 1, configs };
            let mut state = self.state();
            state.topics.insert(info.name.clone(), Some(details));
            state.effects.push(Effect::CreateTopic(info.clone()));
            Ok(info)
        })
    }

    fn delete_records<'a>(
        &'a self,
        partition: &'a TopicPartition,
        before: u64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        Box::pin(async move {
            let range = self.range(partition).await?;
            if before > range.end {
                let reason = format!("{before} lies behind the end of the partition");
                return Err(BrokerError::Refused { reason });
            }
            let before = before.max(range.start);
            let count = before - range.start;
            if count > 0 {
                let mut state = self.state();
                let partition = partition.clone();
                state.truncate(partition.clone(), before);
                state.effects.push(Effect::DeleteRecords { partition, count, before });
            }
            Ok(before)
        })
    }

    fn delete_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            if self.find(name).await?.is_none() {
                return no_topic(name);
            }
            self.state().delete(name);
            Ok(())
        })
    }

    fn produce(
        &self,
        appends: Vec<Append>,
    ) -> BrokerFuture<'_, Vec<Result<Appended, BrokerError>>> {
        Box::pin(async move {
            let mut answers = Vec::with_capacity(appends.len());
            for append in appends {
                answers.push(self.store(append).await);
            }
            answers
        })
    }

    fn fetch(&self, fetch: Fetch) -> BrokerFuture<'_, Result<Vec<StoredRecord>, BrokerError>> {
        Box::pin(async move { Ok(self.read(fetch, None).await?.unwrap_or_default()) })
    }

    fn fetch_below(
        &self,
        fetch: Fetch,
        end: u64,
    ) -> BrokerFuture<'_, Result<Option<Vec<StoredRecord>>, BrokerError>> {
        Box::pin(self.read(fetch, Some(end)))
    }

    fn expects_offsets(&self) -> bool {
        self.real.expects_offsets()
    }

    fn boundary_below(&self, partition: &TopicPartition, before: u64) -> Option<u64> {
        self.real.boundary_below(partition, before)
    }

    fn offsets<'a>(
        &'a self,
        partition: &'a TopicPartition,
    ) -> BrokerFuture<'a, Result<OffsetRange, BrokerError>> {
        Box::pin(self.range(partition))
    }

    fn all_offsets<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<OffsetRange>, BrokerError>> {
        Box::pin(self.ranges(topic))
    }

    fn offset_at<'a>(
        &'a self,
        partition: &'a TopicPartition,
        timestamp_ms: i64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        Box::pin(self.offset_at_time(partition, timestamp_ms))
    }

    fn watch(&self, topic: &str) -> Option<watch::Receiver<u64>> {
        match self.topic_state(topic) {
            TopicState::Real => self.real.watch(topic),
            TopicState::Created(_) => Some(self.appended.subscribe()),
            TopicState::Deleted => None,
        }
    }

    fn watch_topics(&self) -> watch::Receiver<u64> {
        self.real.watch_topics()
    }

    fn join(&self, group: &str, topic: &TopicName) -> Result<Arc<dyn GroupMember>, BrokerError> {
        let Some(info) = self.topic(topic.as_str()) else { return no_topic(topic) };
        let key = (group.to_owned(), topic.clone());
        let mut state = self.state();
        let assigned = state.assigned.get(&key).cloned();
        if assigned.is_none() {
            let (group, topic) = key;
            state.effects.push(Effect::Join { group, topic });
        }
        let all = || (0..info.partitions).collect();
        Ok(Arc::new(OverlayMember {
            group: group.to_owned(),
            topic: topic.clone(),
            partitions: watch::Sender::new(Some(assigned.unwrap_or_else(all))),
            state: Arc::clone(&self.state),
        }))
    }

    fn commit<'a>(
        &'a self,
        group: &'a str,
        partition: &'a TopicPartition,
        committed: Committed,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            self.range(partition).await?;
            self.state().commit(group, partition.clone(), committed);
            Ok(())
        })
    }

    fn committed<'a>(
        &'a self,
        group: &'a str,
        partition: &'a TopicPartition,
    ) -> BrokerFuture<'a, Result<Option<Committed>, BrokerError>> {
        Box::pin(async move {
            let committed = self.state().committed(group, partition);
            match committed {
                OverlayOffset::Committed(committed) => return Ok(Some(committed)),
                OverlayOffset::Removed => return Ok(None),
                OverlayOffset::Real => {}
            }
            match self.topic_state(partition.topic.as_str()) {
                TopicState::Real => self.real.committed(group, partition).await,
                TopicState::Created(_) => Ok(None),
                TopicState::Deleted => no_topic(&partition.topic),
            }
        })
    }

    fn groups<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<String>, BrokerError>> {
        Box::pin(async move {
            let groups = match self.topic_state(topic.as_str()) {
                TopicState::Real => self.real.groups(topic).await?,
                TopicState::Created(_) => Vec::new(),
                TopicState::Deleted => return no_topic(topic),
            };
            Ok(self.state().groups(topic, groups))
        })
    }

    fn forget_group<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            if self.find(topic).await?.is_none() {
                return no_topic(topic);
            }
            self.state().forget(group, topic);
            Ok(())
        })
    }

    /// The real one stays open.
    fn close(&self) -> BrokerFuture<'_, Result<(), BrokerError>> {
        Box::pin(async { Ok(()) })
    }
}
