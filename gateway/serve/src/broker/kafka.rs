//! Apache Kafka as the broker: many machines, the same promises.
//!
//! "Stored" means on all in-sync replicas, once. Each purpose has connections of its own, because
//! a broker answers the requests of one connection in order: what may wait must not hold up what
//! must not.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{sync::watch, time::timeout};

use self::{
    admin::Admin,
    health::Health,
    link::Link,
    names::Names,
    produce::Produce,
    read::Reads,
    settings::ClusterSettings,
    topics::{Topic, Topics},
    view::View,
};
use super::{Append, BrokerError, BrokerState, Committed};
use crate::message::TopicName;

pub mod advice;
mod admin;
mod broker;
mod fault;
mod health;
mod link;
mod member;
mod names;
mod produce;
mod read;
mod security;
pub mod settings;
#[cfg(test)]
mod tests;
mod topics;
mod view;

/// A named Kafka cluster.
pub struct Kafka {
    settings: Arc<ClusterSettings>,
    names: Names,
    links: [Arc<Link>; 3],
    topics: Arc<Topics>,
    produce: Arc<Produce>,
    reads: Arc<Reads>,
    admin: Admin,
    health: Arc<Health>,
    closed: AtomicBool,
    /// Dropped or told, it ends what goes on in the background.
    closing: watch::Sender<bool>,
}

impl fmt::Debug for Kafka {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kafka").field("cluster", &self.settings.name).finish_non_exhaustive()
    }
}

impl Kafka {
    /// Begins to connect, and to follow the cluster's topics, in the background. That Kafka is
    /// away is no error: [`state`](super::Broker::state) says so. Needs a runtime.
    pub fn open(settings: ClusterSettings) -> Self {
        let settings = Arc::new(settings);
        let names = Names::new(&settings.name_prefix);
        let link = |purpose| Arc::new(Link::new(Arc::clone(&settings), purpose));
        let [produce, ask, feed] = ["produce", "ask", "feed"].map(link);
        let limit = settings.request_timeout;
        let view = Arc::new(View::new(Arc::clone(&ask), limit));
        let topics = Topics::new(names.clone(), Arc::clone(&ask), Arc::clone(&view), limit);
        let kafka = Self {
            admin: Admin::new(&settings, names.clone(), Arc::clone(&ask), view),
            reads: Arc::new(Reads::new(&settings, &names, Arc::clone(&ask), Arc::clone(&feed))),
            produce: Arc::new(Produce::new(&settings, Arc::clone(&produce))),
            health: Arc::new(Health::new(&settings)),
            links: [produce, ask, feed],
            topics: Arc::new(topics),
            names,
            settings,
            closed: AtomicBool::new(false),
            closing: watch::Sender::new(false),
        };
        tokio::spawn(health::follow(
            Arc::clone(&kafka.health),
            Arc::clone(&kafka.topics),
            (Arc::clone(&kafka.produce), Arc::clone(&kafka.reads)),
            kafka.closing.subscribe(),
        ));
        kafka
    }

    fn check_open(&self) -> Result<(), BrokerError> {
        if self.closed.load(Ordering::Acquire) { Err(BrokerError::Closed) } else { Ok(()) }
    }

    /// Checks that the partition exists.
    async fn check(&self, name: &TopicName, partition: u32) -> Result<(), BrokerError> {
        check_partition(name, &self.known(name).await?, partition)
    }

    /// The topic, asking Kafka about one that is not known here.
    async fn known(&self, name: &TopicName) -> Result<Topic, BrokerError> {
        self.check_open()?;
        let topic = self.topics.look_up(name).await?;
        topic.ok_or_else(|| BrokerError::NoSuchTopic { topic: name.clone() })
    }

    fn take(&self, append: Append) -> Result<produce::Taken, BrokerError> {
        self.check_open()?;
        let Some(topic) = self.topics.get(append.topic.as_str()) else {
            return Err(self.unknown(append.topic));
        };
        check_partition(&append.topic, &topic, append.partition)?;
        self.produce.take(&topic, append)
    }

    /// Commits with metadata, which only a member can: for the time of this commit.
    async fn commit_as_member(
        &self,
        group: &str,
        topic: &TopicName,
        partition: u32,
        committed: Committed,
    ) -> Result<(), BrokerError> {
        let member = member::join(Arc::clone(&self.settings), &self.names, group, topic);
        let mut dealt = member.partitions();
        let has_it = |dealt: &Option<Arc<[u32]>>| {
            dealt.as_ref().is_some_and(|dealt| dealt.contains(&partition))
        };
        let limit = self.settings.session_timeout;
        let is_dealt =
            timeout(limit, dealt.wait_for(has_it)).await.is_ok_and(|dealt| dealt.is_ok());
        let answer = if is_dealt {
            member.commit(partition, committed).await
        } else {
            let reason = format!("no membership of {group} within {limit:?}");
            Err(BrokerError::Unreachable { reason })
        };
        member.leave().await;
        answer
    }

    /// Why a topic is not known here: there is none, or Kafka was never there to tell.
    fn unknown(&self, topic: TopicName) -> BrokerError {
        match self.health.state() {
            BrokerState::Away { reason } if !self.topics.is_loaded() => {
                BrokerError::Unreachable { reason }
            }
            _ => BrokerError::NoSuchTopic { topic },
        }
    }
}

fn check_partition(name: &TopicName, topic: &Topic, partition: u32) -> Result<(), BrokerError> {
    if partition < topic.partitions {
        return Ok(());
    }
    Err(BrokerError::NoSuchPartition { topic: name.clone(), partition })
}
