//! One Kafka cluster: its connections, caches and tasks.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{sync::watch, time::timeout};

use super::{
    admin::Admin,
    connection::KafkaConnection,
    health::{self, Followed, Health},
    member,
    metadata::MetadataClient,
    names::NameMapping,
    produce::{ClusterProducer, PendingAppend},
    read::ClusterReader,
    settings::ClusterSettings,
    topics::{KafkaTopic, TopicCache},
};
use crate::{
    broker::{Append, BrokerError, BrokerState, Committed},
    message::{TopicName, TopicPartition},
};

/// A Kafka cluster with its name in the configuration.
pub struct KafkaBroker {
    pub(super) settings: Arc<ClusterSettings>,
    pub(super) names: NameMapping,
    pub(super) connections: Connections,
    pub(super) topics: Arc<TopicCache>,
    pub(super) producer: Arc<ClusterProducer>,
    pub(super) reader: Arc<ClusterReader>,
    pub(super) admin: Admin,
    pub(super) health: Arc<Health>,
    pub(super) closed: AtomicBool,
    /// True, or dropped, it ends the background tasks.
    pub(super) closing: watch::Sender<bool>,
}

/// The connections of a cluster, by purpose.
#[derive(Debug)]
pub(super) struct Connections {
    /// Records to store.
    produce: Arc<KafkaConnection>,
    /// Requests that are answered at once.
    pub(super) ask: Arc<KafkaConnection>,
    /// Fetches that wait for records.
    feed: Arc<KafkaConnection>,
}

impl Connections {
    fn new(settings: &Arc<ClusterSettings>) -> Self {
        let connection = |purpose| Arc::new(KafkaConnection::new(Arc::clone(settings), purpose));
        let [produce, ask, feed] = ["produce", "ask", "feed"].map(connection);
        Self { produce, ask, feed }
    }

    /// Closes all of them.
    pub(super) fn close(&self) {
        [&self.produce, &self.ask, &self.feed].into_iter().for_each(|each| each.close());
    }
}

impl fmt::Debug for KafkaBroker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kafka").field("cluster", &self.settings.name).finish_non_exhaustive()
    }
}

impl KafkaBroker {
    /// Begins to connect, and to follow the cluster's topics, in the background. That Kafka is away
    /// is no error: [`state`](super::super::Broker::state) reports it. Needs a runtime.
    pub fn open(settings: ClusterSettings) -> Self {
        let settings = Arc::new(settings);
        let names = NameMapping::new(&settings.name_prefix);
        let connections = Connections::new(&settings);
        let Connections { produce, ask, feed } = &connections;
        let limit = settings.request_timeout;
        let metadata = Arc::new(MetadataClient::new(Arc::clone(ask), limit));
        let topics = TopicCache::new(names.clone(), Arc::clone(ask), Arc::clone(&metadata), limit);
        let reader = ClusterReader::new(&settings, &names, Arc::clone(ask), Arc::clone(feed));
        let broker = Self {
            admin: Admin::new(&settings, names.clone(), Arc::clone(ask), metadata),
            reader: Arc::new(reader),
            producer: Arc::new(ClusterProducer::new(&settings, Arc::clone(produce))),
            health: Arc::new(Health::new(&settings)),
            topics: Arc::new(topics),
            connections,
            names,
            settings,
            closed: AtomicBool::new(false),
            closing: watch::Sender::new(false),
        };
        let followed = Followed {
            topics: Arc::clone(&broker.topics),
            producer: Arc::clone(&broker.producer),
            reader: Arc::clone(&broker.reader),
        };
        tokio::spawn(health::follow(
            Arc::clone(&broker.health),
            followed,
            broker.closing.subscribe(),
        ));
        broker
    }

    pub(super) fn check_open(&self) -> Result<(), BrokerError> {
        if self.closed.load(Ordering::Acquire) { Err(BrokerError::Closed) } else { Ok(()) }
    }

    /// Checks that the partition exists.
    pub(super) async fn check(&self, partition: &TopicPartition) -> Result<(), BrokerError> {
        check_partition(partition, &self.known(&partition.topic).await?)
    }

    /// The topic; asks Kafka for one that is not in the cache.
    pub(super) async fn known(&self, name: &TopicName) -> Result<KafkaTopic, BrokerError> {
        self.check_open()?;
        let topic = self.topics.look_up(name).await?;
        topic.ok_or_else(|| BrokerError::NoSuchTopic { topic: name.clone() })
    }

    pub(super) fn take(&self, append: Append) -> Result<PendingAppend, BrokerError> {
        self.check_open()?;
        let Some(topic) = self.topics.get(append.partition.topic.as_str()) else {
            return Err(self.unknown(append.partition.topic));
        };
        check_partition(&append.partition, &topic)?;
        self.producer.take(&topic, append)
    }

    /// Commits with metadata. Only a member can, so the gateway joins for the time of this commit.
    pub(super) async fn commit_as_member(
        &self,
        group: &str,
        partition: &TopicPartition,
        committed: Committed,
    ) -> Result<(), BrokerError> {
        let TopicPartition { topic, partition } = partition;
        let member = member::join(Arc::clone(&self.settings), &self.names, group, topic);
        let mut assigned = member.partitions();
        let has_it = |assigned: &Option<Arc<[u32]>>| {
            assigned.as_ref().is_some_and(|assigned| assigned.contains(partition))
        };
        let limit = self.settings.session_timeout;
        let waited = timeout(limit, assigned.wait_for(has_it)).await;
        let answer = if waited.is_ok_and(|assigned| assigned.is_ok()) {
            member.commit(*partition, committed).await
        } else {
            let reason = format!("no membership of {group} within {limit:?}");
            Err(BrokerError::Unreachable { reason })
        };
        member.leave().await;
        answer
    }

    /// The error for a topic that is not in the cache: it does not exist, or Kafka never answered.
    pub(super) fn unknown(&self, topic: TopicName) -> BrokerError {
        match self.health.state() {
            BrokerState::Away { reason } if !self.topics.is_loaded() => {
                BrokerError::Unreachable { reason }
            }
            _ => BrokerError::NoSuchTopic { topic },
        }
    }
}

fn check_partition(partition: &TopicPartition, topic: &KafkaTopic) -> Result<(), BrokerError> {
    if partition.partition < topic.partitions {
        return Ok(());
    }
    Err(BrokerError::NoSuchPartition { partition: partition.clone() })
}
