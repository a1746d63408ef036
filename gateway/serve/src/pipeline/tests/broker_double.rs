//! A broker that panics wherever a test does not say what it does.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

use crate::{
    broker::{
        Append, Appended, Broker, BrokerError, BrokerFuture, BrokerState, Committed, Fetch,
        GroupMember, NewTopic, OffsetRange, TopicDetails, TopicInfo,
    },
    message::{StoredRecord, TopicName, TopicPartition},
};

type LookUp = Box<dyn Fn(&str) -> Option<TopicInfo> + Send + Sync>;
type Produce = Box<
    dyn Fn(Vec<Append>) -> BrokerFuture<'static, Vec<Result<Appended, BrokerError>>> + Send + Sync,
>;

/// A broker without topics, which must not be given records.
pub(super) struct BrokerDouble {
    /// Answers for the topics that are known.
    pub(super) topic: LookUp,
    /// Stores records.
    pub(super) produce: Produce,
}

impl BrokerDouble {
    /// Panics at every call, but for a burst without a record.
    pub(super) fn untouchable() -> Self {
        Self {
            topic: Box::new(|name| panic!("the broker was asked for topic `{name}`")),
            produce: Box::new(|appends| {
                assert!(appends.is_empty(), "the broker was given {appends:?}");
                Box::pin(async { Vec::new() })
            }),
        }
    }

    /// Knows every topic, with so many partitions; else as [`Self::untouchable`].
    pub(super) fn with_topics(partitions: u32) -> Self {
        let topic =
            move |name: &str| Some(TopicInfo { name: TopicName::new(name).unwrap(), partitions });
        Self { topic: Box::new(topic), ..Self::untouchable() }
    }
}

impl fmt::Debug for BrokerDouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrokerDouble")
    }
}

fn touched(method: &str) -> ! {
    panic!("the broker must not be called, but for `{method}` it was")
}

impl Broker for BrokerDouble {
    fn name(&self) -> &'static str {
        "double"
    }

    fn topic(&self, name: &str) -> Option<TopicInfo> {
        (self.topic)(name)
    }

    fn produce(
        &self,
        appends: Vec<Append>,
    ) -> BrokerFuture<'_, Vec<Result<Appended, BrokerError>>> {
        (self.produce)(appends)
    }

    fn state(&self) -> BrokerState {
        touched("state")
    }

    fn look_up<'a>(
        &'a self,
        _: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Option<TopicInfo>, BrokerError>> {
        touched("look_up")
    }

    fn topics(&self) -> BrokerFuture<'_, Result<Vec<TopicInfo>, BrokerError>> {
        touched("topics")
    }

    fn describe_topic<'a>(
        &'a self,
        _: &'a TopicName,
    ) -> BrokerFuture<'a, Result<TopicDetails, BrokerError>> {
        touched("describe_topic")
    }

    fn create_topic(&self, _: NewTopic) -> BrokerFuture<'_, Result<TopicInfo, BrokerError>> {
        touched("create_topic")
    }

    fn delete_records<'a>(
        &'a self,
        _: &'a TopicPartition,
        _: u64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        touched("delete_records")
    }

    fn delete_topic<'a>(&'a self, _: &'a TopicName) -> BrokerFuture<'a, Result<(), BrokerError>> {
        touched("delete_topic")
    }

    fn fetch(&self, _: Fetch) -> BrokerFuture<'_, Result<Vec<StoredRecord>, BrokerError>> {
        touched("fetch")
    }

    fn expects_offsets(&self) -> bool {
        touched("expects_offsets")
    }

    fn boundary_below(&self, _: &TopicPartition, _: u64) -> Option<u64> {
        touched("boundary_below")
    }

    fn offsets<'a>(
        &'a self,
        _: &'a TopicPartition,
    ) -> BrokerFuture<'a, Result<OffsetRange, BrokerError>> {
        touched("offsets")
    }

    fn all_offsets<'a>(
        &'a self,
        _: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<OffsetRange>, BrokerError>> {
        touched("all_offsets")
    }

    fn offset_at<'a>(
        &'a self,
        _: &'a TopicPartition,
        _: i64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>> {
        touched("offset_at")
    }

    fn watch(&self, _: &str) -> Option<watch::Receiver<u64>> {
        touched("watch")
    }

    fn watch_topics(&self) -> watch::Receiver<u64> {
        touched("watch_topics")
    }

    fn join(&self, _: &str, _: &TopicName) -> Result<Arc<dyn GroupMember>, BrokerError> {
        touched("join")
    }

    fn commit<'a>(
        &'a self,
        _: &'a str,
        _: &'a TopicPartition,
        _: Committed,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        touched("commit")
    }

    fn committed<'a>(
        &'a self,
        _: &'a str,
        _: &'a TopicPartition,
    ) -> BrokerFuture<'a, Result<Option<Committed>, BrokerError>> {
        touched("committed")
    }

    fn groups<'a>(
        &'a self,
        _: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<String>, BrokerError>> {
        touched("groups")
    }

    fn forget_group<'a>(
        &'a self,
        _: &'a str,
        _: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>> {
        touched("forget_group")
    }

    fn close(&self) -> BrokerFuture<'_, Result<(), BrokerError>> {
        touched("close")
    }
}
