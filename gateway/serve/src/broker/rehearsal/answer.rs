//! The rehearsal as a broker.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Deed, Rehearsal, changes::Place, member::Member, no_topic, read::Known};
use crate::{
    broker::{
        Append, Appended, Broker, BrokerError, BrokerFuture, BrokerState, Committed, Fetch,
        GroupMember, NewTopic, OffsetRange, TopicDetails, TopicInfo,
    },
    message::{StoredRecord, TopicName},
};

impl Broker for Rehearsal {
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
        match self.known(name) {
            Known::Really => self.real.topic(name),
            Known::Made(details) => Some(details.info),
            Known::Gone => None,
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
            let changes = self.changes();
            topics.retain(|topic| !changes.topics.contains_key(&topic.name));
            let made = changes.topics.values().flatten();
            topics.extend(made.map(|details| details.info.clone()));
            topics.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(topics)
        })
    }

    fn describe_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<TopicDetails, BrokerError>> {
        Box::pin(async move {
            match self.known(name.as_str()) {
                Known::Really => self.real.describe_topic(name).await,
                Known::Made(details) => Ok(details),
                Known::Gone => no_topic(name),
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
            let mut changes = self.changes();
            changes.topics.insert(info.name.clone(), Some(details));
            changes.deeds.push(Deed::MakeTopic(info.clone()));
            Ok(info)
        })
    }

    fn delete_records<'a>(
        &'a self,
        topic: &'a TopicName,
        partition: u32,
        before: u64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        Box::pin(async move {
            let range = self.range(topic, partition).await?;
            if before > range.end {
                let reason = format!("{before} lies behind the end of the partition");
                return Err(BrokerError::Refused { reason });
            }
            let before = before.max(range.start);
            let count = before - range.start;
            if count > 0 {
                let mut changes = self.changes();
                changes.cut(topic, partition, before);
                let topic = topic.clone();
                changes.deeds.push(Deed::DeleteRecords { topic, partition, count, before });
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
            self.changes().delete(name);
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

    fn boundary_below(&self, topic: &TopicName, partition: u32, before: u64) -> Option<u64> {
        self.real.boundary_below(topic, partition, before)
    }

    fn offsets<'a>(
        &'a self,
        topic: &'a TopicName,
        partition: u32,
    ) -> BrokerFuture<'a, Result<OffsetRange, BrokerError>> {
        Box::pin(self.range(topic, partition))
    }

    fn all_offsets<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<OffsetRange>, BrokerError>> {
        Box::pin(self.ranges(topic))
    }

    fn offset_at<'a>(
        &'a self,
        topic: &'a TopicName,
        partition: u32,
        timestamp_ms: i64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        Box::pin(self.time(topic, partition, timestamp_ms))
    }

    fn watch(&self, topic: &str) -> Option<watch::Receiver<u64>> {
        match self.known(topic) {
            Known::Really => self.real.watch(topic),
            Known::Made(_) => Some(self.news.subscribe()),
            Known::Gone => None,
        }
    }

    fn watch_topics(&self) -> watch::Receiver<u64> {
        self.real.watch_topics()
    }

    fn join(&self, group: &str, topic: &TopicName) -> Result<Arc<dyn GroupMember>, BrokerError> {
        let Some(info) = self.topic(topic.as_str()) else { return no_topic(topic) };
        let key = (group.to_owned(), topic.clone());
        let mut changes = self.changes();
        let dealt = changes.dealt.get(&key).cloned();
        if dealt.is_none() {
            let (group, topic) = key;
            changes.deeds.push(Deed::Join { group, topic });
        }
        let all = || (0..info.partitions).collect();
        Ok(Arc::new(Member {
            group: group.to_owned(),
            topic: topic.clone(),
            partitions: watch::Sender::new(Some(dealt.unwrap_or_else(all))),
            changes: Arc::clone(&self.changes),
        }))
    }

    fn commit<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
        partition: u32,
        committed: Committed,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            self.range(topic, partition).await?;
            self.changes().commit(group, topic, (partition, committed));
            Ok(())
        })
    }

    fn committed<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
        partition: u32,
    ) -> BrokerFuture<'a, Result<Option<Committed>, BrokerError>> {
        Box::pin(async move {
            let place = self.changes().committed(group, topic, partition);
            match place {
                Place::Committed(committed) => return Ok(Some(committed)),
                Place::Forgotten => return Ok(None),
                Place::AsItIs => {}
            }
            match self.known(topic.as_str()) {
                Known::Really => self.real.committed(group, topic, partition).await,
                Known::Made(_) => Ok(None),
                Known::Gone => no_topic(topic),
            }
        })
    }

    fn groups<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<String>, BrokerError>> {
        Box::pin(async move {
            let groups = match self.known(topic.as_str()) {
                Known::Really => self.real.groups(topic).await?,
                Known::Made(_) => Vec::new(),
                Known::Gone => return no_topic(topic),
            };
            Ok(self.changes().groups(topic, groups))
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
            self.changes().forget(group, topic);
            Ok(())
        })
    }

    /// The real one stays open.
    fn close(&self) -> BrokerFuture<'_, Result<(), BrokerError>> {
        Box::pin(async { Ok(()) })
    }
}
