//! The broker's promises, kept by the shared one under other names.

use std::sync::{Arc, atomic::Ordering};

use tokio::sync::watch;

use super::{Apart, member::Member};
use crate::{
    broker::{
        Append, Appended, Broker, BrokerError, BrokerFuture, BrokerState, Committed, Fetch,
        GroupMember, NewTopic, OffsetRange, TopicDetails, TopicInfo,
    },
    message::{StoredRecord, TopicName},
};

impl Broker for Apart {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn is_shared(&self) -> bool {
        self.inner.is_shared()
    }

    fn state(&self) -> BrokerState {
        match self.inner.state() {
            BrokerState::Ready => BrokerState::Ready,
            BrokerState::Away { reason } => BrokerState::Away { reason: self.names.text(&reason) },
        }
    }

    fn topic(&self, name: &str) -> Option<TopicInfo> {
        let inside = self.inside(&TopicName::new(name).ok()?).ok()?;
        self.info(&self.inner.topic(inside.as_str())?)
    }

    fn look_up<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Option<TopicInfo>, BrokerError>> {
        Box::pin(async move {
            let found = self.inner.look_up(&self.inside(name)?).await;
            Ok(self.outside(found)?.and_then(|info| self.info(&info)))
        })
    }

    fn topics(&self) -> BrokerFuture<'_, Result<Vec<TopicInfo>, BrokerError>> {
        Box::pin(async move {
            if self.is_closed.load(Ordering::Acquire) {
                return Err(BrokerError::Closed);
            }
            let own = self.outside(self.own().await)?;
            Ok(own.iter().filter_map(|topic| self.info(topic)).collect())
        })
    }

    fn describe_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<TopicDetails, BrokerError>> {
        Box::pin(async move {
            let details = self.outside(self.inner.describe_topic(&self.inside(name)?).await)?;
            let info = TopicInfo { name: name.clone(), ..details.info };
            Ok(TopicDetails { info, ..details })
        })
    }

    fn create_topic(&self, topic: NewTopic) -> BrokerFuture<'_, Result<TopicInfo, BrokerError>> {
        Box::pin(async move {
            let NewTopic { name, partitions, configs } = topic;
            let inside = NewTopic { name: self.inside(&name)?, partitions, configs };
            let made = self.inner.create_topic(inside).await;
            Ok(TopicInfo { name, ..self.outside(made)? })
        })
    }

    fn delete_records<'a>(
        &'a self,
        topic: &'a TopicName,
        partition: u32,
        before: u64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        Box::pin(async move {
            let inside = self.inside(topic)?;
            self.outside(self.inner.delete_records(&inside, partition, before).await)
        })
    }

    fn delete_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            let inside = self.inside(name)?;
            self.outside(self.inner.delete_topic(&inside).await)
        })
    }

    fn produce(
        &self,
        appends: Vec<Append>,
    ) -> BrokerFuture<'_, Vec<Result<Appended, BrokerError>>> {
        let mut refused = Vec::new();
        let mut taken = Vec::new();
        for append in appends {
            match self.inside(&append.topic) {
                Ok(topic) => {
                    taken.push(Append { topic, ..append });
                    refused.push(None);
                }
                Err(error) => refused.push(Some(error)),
            }
        }
        // Called here and not in the future: work begins now.
        let answers = self.inner.produce(taken);
        Box::pin(async move {
            let mut answers = answers.await.into_iter();
            let answer = |refusal: Option<BrokerError>| match refusal {
                Some(error) => Err(error),
                None => self.outside(answers.next().expect("each append is answered")),
            };
            refused.into_iter().map(answer).collect()
        })
    }

    fn fetch(&self, fetch: Fetch) -> BrokerFuture<'_, Result<Vec<StoredRecord>, BrokerError>> {
        Box::pin(async move {
            let inside = Fetch { topic: self.inside(&fetch.topic)?, ..fetch };
            self.outside(self.inner.fetch(inside).await)
        })
    }

    fn fetch_below(
        &self,
        fetch: Fetch,
        end: u64,
    ) -> BrokerFuture<'_, Result<Option<Vec<StoredRecord>>, BrokerError>> {
        Box::pin(async move {
            let inside = Fetch { topic: self.inside(&fetch.topic)?, ..fetch };
            self.outside(self.inner.fetch_below(inside, end).await)
        })
    }

    fn expects_offsets(&self) -> bool {
        self.inner.expects_offsets()
    }

    fn boundary_below(&self, topic: &TopicName, partition: u32, before: u64) -> Option<u64> {
        self.inner.boundary_below(&self.inside(topic).ok()?, partition, before)
    }

    fn offsets<'a>(
        &'a self,
        topic: &'a TopicName,
        partition: u32,
    ) -> BrokerFuture<'a, Result<OffsetRange, BrokerError>> {
        Box::pin(async move {
            let inside = self.inside(topic)?;
            self.outside(self.inner.offsets(&inside, partition).await)
        })
    }

    fn all_offsets<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<OffsetRange>, BrokerError>> {
        Box::pin(async move {
            let inside = self.inside(topic)?;
            self.outside(self.inner.all_offsets(&inside).await)
        })
    }

    fn offset_at<'a>(
        &'a self,
        topic: &'a TopicName,
        partition: u32,
        timestamp_ms: i64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        Box::pin(async move {
            let inside = self.inside(topic)?;
            self.outside(self.inner.offset_at(&inside, partition, timestamp_ms).await)
        })
    }

    fn watch(&self, topic: &str) -> Option<watch::Receiver<u64>> {
        let inside = self.inside(&TopicName::new(topic).ok()?).ok()?;
        self.inner.watch(inside.as_str())
    }

    fn watch_topics(&self) -> watch::Receiver<u64> {
        self.inner.watch_topics()
    }

    fn join(&self, group: &str, topic: &TopicName) -> Result<Arc<dyn GroupMember>, BrokerError> {
        let joined = self.inner.join(&self.names.group(group), &self.inside(topic)?);
        Ok(Arc::new(Member::new(self.outside(joined)?, self.names.clone())))
    }

    fn commit<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
        partition: u32,
        committed: Committed,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            let (group, inside) = (self.names.group(group), self.inside(topic)?);
            self.outside(self.inner.commit(&group, &inside, partition, committed).await)
        })
    }

    fn committed<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
        partition: u32,
    ) -> BrokerFuture<'a, Result<Option<Committed>, BrokerError>> {
        Box::pin(async move {
            let (group, inside) = (self.names.group(group), self.inside(topic)?);
            self.outside(self.inner.committed(&group, &inside, partition).await)
        })
    }

    fn groups<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<String>, BrokerError>> {
        Box::pin(async move {
            let groups = self.outside(self.inner.groups(&self.inside(topic)?).await)?;
            Ok(groups.iter().filter_map(|group| self.names.group_outside(group)).collect())
        })
    }

    fn forget_group<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            let (group, inside) = (self.names.group(group), self.inside(topic)?);
            self.outside(self.inner.forget_group(&group, &inside).await)
        })
    }

    /// Deletes the topics of this part and what its groups have there; the broker stays open.
    fn close(&self) -> BrokerFuture<'_, Result<(), BrokerError>> {
        Box::pin(async move {
            if self.is_closed.swap(true, Ordering::AcqRel) {
                return Ok(());
            }
            // One that cannot be deleted must not keep the others.
            let mut removed = Ok(());
            for topic in self.outside(self.own().await)? {
                removed = removed.and(self.outside(self.remove(&topic.name).await));
            }
            removed
        })
    }
}
