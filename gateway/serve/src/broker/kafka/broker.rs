//! The cluster as a [`Broker`]: each method checks what it can from its caches, and hands on.

use std::sync::{Arc, atomic::Ordering};

use tokio::sync::watch;

use super::{cluster::KafkaBroker, member, produce::PendingBatch, topics::info};
use crate::{
    broker::{
        Append, Appended, Broker, BrokerError, BrokerFuture, BrokerState, Committed, Fetch,
        GroupMember, NewTopic, OffsetRange, TopicDetails, TopicInfo,
    },
    message::{StoredRecord, TopicName, TopicPartition},
};

impl Broker for KafkaBroker {
    fn name(&self) -> &'static str {
        "kafka"
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn state(&self) -> BrokerState {
        self.health.state()
    }

    fn topic(&self, name: &str) -> Option<TopicInfo> {
        let name = TopicName::new(name).ok()?;
        self.topics.get(name.as_str()).map(|topic| info(&name, topic.partitions))
    }

    fn look_up<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Option<TopicInfo>, BrokerError>> {
        Box::pin(async move {
            self.check_open()?;
            let topic = self.topics.look_up(name).await?;
            Ok(topic.map(|topic| info(name, topic.partitions)))
        })
    }

    fn topics(&self) -> BrokerFuture<'_, Result<Vec<TopicInfo>, BrokerError>> {
        Box::pin(async move {
            self.check_open()?;
            self.topics.list().await
        })
    }

    fn describe_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<TopicDetails, BrokerError>> {
        Box::pin(async move {
            self.check(&TopicPartition::new(name.clone(), 0)).await?;
            self.admin.describe_topic(name).await
        })
    }

    fn create_topic(&self, topic: NewTopic) -> BrokerFuture<'_, Result<TopicInfo, BrokerError>> {
        Box::pin(async move {
            self.check_open()?;
            let made = self.admin.create_topic(&topic).await;
            if let Err(BrokerError::TopicExists { .. }) = made {
                // Another gateway created it a moment ago: it must not count as missing here.
                self.topics.forget_missing(&topic.name);
                self.topics.look_up(&topic.name).await?;
            }
            made?;
            self.topics.await_created(&topic.name).await;
            self.topics.add(&topic.name, topic.partitions);
            Ok(info(&topic.name, topic.partitions))
        })
    }

    fn delete_records<'a>(
        &'a self,
        partition: &'a TopicPartition,
        before: u64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        Box::pin(async move {
            self.check(partition).await?;
            let start = self.admin.delete_records(partition, before).await?;
            self.reader.trim(partition, start);
            Ok(start)
        })
    }

    fn delete_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            self.check(&TopicPartition::new(name.clone(), 0)).await?;
            self.admin.delete_topic(name).await?;
            self.topics.remove(name);
            self.reader.forget(name);
            Ok(())
        })
    }

    fn produce(
        &self,
        appends: Vec<Append>,
    ) -> BrokerFuture<'_, Vec<Result<Appended, BrokerError>>> {
        let taken = appends.into_iter().map(|append| self.take(append)).collect();
        Box::pin(PendingBatch::new(taken).answers())
    }

    fn expects_offsets(&self) -> bool {
        false
    }

    fn boundary_below(&self, _partition: &TopicPartition, _before: u64) -> Option<u64> {
        None
    }

    fn fetch(&self, fetch: Fetch) -> BrokerFuture<'_, Result<Vec<StoredRecord>, BrokerError>> {
        Box::pin(async move {
            self.check(&fetch.partition).await?;
            self.reader.fetch(fetch).await
        })
    }

    fn fetch_below(
        &self,
        fetch: Fetch,
        end: u64,
    ) -> BrokerFuture<'_, Result<Option<Vec<StoredRecord>>, BrokerError>> {
        Box::pin(async move {
            self.check(&fetch.partition).await?;
            self.reader.fetch_below(fetch, end).await
        })
    }

    fn offsets<'a>(
        &'a self,
        partition: &'a TopicPartition,
    ) -> BrokerFuture<'a, Result<OffsetRange, BrokerError>> {
        Box::pin(async move {
            self.check(partition).await?;
            self.admin.offsets(partition).await
        })
    }

    fn all_offsets<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<OffsetRange>, BrokerError>> {
        Box::pin(async move {
            let known = self.known(topic).await?;
            self.admin.all_offsets(topic, known.partitions).await
        })
    }

    fn offset_at<'a>(
        &'a self,
        partition: &'a TopicPartition,
        timestamp_ms: i64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        Box::pin(async move {
            self.check(partition).await?;
            self.admin.offset_at(partition, timestamp_ms).await
        })
    }

    fn watch(&self, topic: &str) -> Option<watch::Receiver<u64>> {
        let name = TopicName::new(topic).ok()?;
        self.topics.get(topic).map(|_| self.reader.watch(&name))
    }

    fn watch_topics(&self) -> watch::Receiver<u64> {
        self.topics.watch()
    }

    fn join(&self, group: &str, topic: &TopicName) -> Result<Arc<dyn GroupMember>, BrokerError> {
        self.check_open()?;
        if self.topics.get(topic.as_str()).is_none() {
            return Err(self.unknown(topic.clone()));
        }
        Ok(member::join(Arc::clone(&self.settings), &self.names, group, topic))
    }

    fn commit<'a>(
        &'a self,
        group: &'a str,
        partition: &'a TopicPartition,
        committed: Committed,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            self.check(partition).await?;
            if committed.metadata.is_empty() {
                return self.admin.commit(group, partition, committed.offset).await;
            }
            self.commit_as_member(group, partition, committed).await
        })
    }

    fn committed<'a>(
        &'a self,
        group: &'a str,
        partition: &'a TopicPartition,
    ) -> BrokerFuture<'a, Result<Option<Committed>, BrokerError>> {
        Box::pin(async move {
            self.check(partition).await?;
            self.admin.committed(group, partition).await
        })
    }

    fn groups<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<String>, BrokerError>> {
        Box::pin(async move {
            let known = self.known(topic).await?;
            self.admin.groups(topic, known.partitions).await
        })
    }

    fn forget_group<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            let known = self.known(topic).await?;
            self.admin.forget_group(group, topic, known.partitions).await
        })
    }

    fn close(&self) -> BrokerFuture<'_, Result<(), BrokerError>> {
        Box::pin(async move {
            if self.closed.swap(true, Ordering::AcqRel) {
                return Ok(());
            }
            self.closing.send_replace(true);
            let produced = self.producer.close().await;
            self.reader.close().await;
            self.connections.close();
            produced
        })
    }
}
