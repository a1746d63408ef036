//! Consumer groups: who reads which partition, and what was committed.
//!
//! A gateway is one member of each group that its clients read with, and deals the partitions it
//! is given out among their sessions: whole partitions, which stay where they are unless a session
//! or another gateway comes or goes. A session that ends gives its share back at once, the last
//! one takes the gateway out of the group; what was not committed is delivered again to whoever
//! gets the partition. All stream consumers of a group are one more such session: what it is dealt
//! is given to them entry by entry. More sessions than partitions is fine: the extra ones stand by. Here is no
//! plugin and no protocol.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::task::JoinSet;

use crate::{
    broker::{BrokerError, Cluster},
    message::TopicName,
};

mod acknowledged;
mod deal;
mod group;
mod membership;
mod seat;
mod stream;
mod streams;
mod twin;

pub use acknowledged::Acknowledged;
pub use membership::{CommitError, Membership};
pub use stream::{
    Acknowledgement, CONSUMERS_MAX, Claim, Consumer, Delivered, Overview, PENDING_MAX, Pending,
    Position, Progress, Reading, Renewal, StreamGroup, TooManyConsumers,
};
pub use streams::{Ending, STREAM_GROUPS_MAX, StreamUse};
pub use twin::TwinGroups;

use group::Group;
use seat::Seat;
use streams::Streams;

/// A group that reads one topic of one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct GroupKey {
    cluster: usize,
    group: String,
    topic: TopicName,
}

impl GroupKey {
    fn new(cluster: &Cluster, group: &str, topic: &TopicName) -> Self {
        Self { cluster: cluster.id, group: group.to_owned(), topic: topic.clone() }
    }
}

/// All groups with members on this gateway.
#[derive(Debug, Default)]
pub struct Groups {
    /// Held for look-ups only.
    by_key: Mutex<HashMap<GroupKey, Arc<Group>>>,
    members: AtomicU64,
    /// Groups that are being left at the broker.
    leaving: Mutex<JoinSet<()>>,
    /// Groups that read as streams; each is one reader of its group.
    streams: Streams,
}

impl Groups {
    /// Makes a session a member of a group; dropping the membership leaves it.
    ///
    /// # Errors
    /// The broker's, if the gateway cannot join.
    pub fn join(
        self: &Arc<Self>,
        cluster: &Cluster,
        group: &str,
        topic: &TopicName,
    ) -> Result<Membership, BrokerError> {
        let seat = self.sit_down(cluster, &GroupKey::new(cluster, group, topic))?;
        Ok(Membership::new(seat, Arc::clone(&cluster.broker)))
    }

    /// One more reader of a group, with which the gateway joins it if it is the first.
    fn sit_down(self: &Arc<Self>, cluster: &Cluster, key: &GroupKey) -> Result<Seat, BrokerError> {
        let member = self.members.fetch_add(1, Ordering::Relaxed);
        let mut groups = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = if let Some(shared) = groups.get(key) {
            Arc::clone(shared)
        } else {
            let shared = Group::new(cluster.broker.join(&key.group, &key.topic)?);
            groups.insert(key.clone(), Arc::clone(&shared));
            shared
        };
        shared.join(member);
        drop(groups);
        Ok(Seat::new(Arc::clone(self), shared, key.clone(), member))
    }

    /// Takes a session out, and the gateway out of the group with the last one.
    fn leave(&self, key: &GroupKey, group: &Arc<Group>, member: u64) {
        let mut groups = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        if group.leave(member) {
            groups.remove(key);
            let group = Arc::clone(group);
            let mut leaving = self.leaving.lock().unwrap_or_else(PoisonError::into_inner);
            while leaving.try_join_next().is_some() {}
            leaving.spawn(async move { group.left().await });
        }
    }

    /// Leaves all groups, and waits until that is done, but no longer than `limit`: for a gateway
    /// that stops, once its sessions have ended. Other gateways then need not wait until Kafka
    /// misses this one.
    pub async fn close(&self, limit: Duration) {
        // What is acknowledged is stored before the partitions go.
        let _ = tokio::time::timeout(limit, self.close_streams()).await;
        let groups: Vec<_> = {
            let mut groups = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
            groups.drain().map(|(_, group)| group).collect()
        };
        let mut leaving = {
            let mut leaving = self.leaving.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *leaving)
        };
        for group in groups {
            leaving.spawn(async move { group.left().await });
        }
        // Those that have not left by then are taken out when Kafka misses them.
        let _ = tokio::time::timeout(limit, leaving.join_all()).await;
    }
}
