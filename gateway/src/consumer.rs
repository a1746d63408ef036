//! Consumer groups: who reads which partition, and what was committed.
//!
//! A gateway is one member of each group that its clients read with, and deals the partitions it
//! is given out among their sessions: whole partitions, which stay where they are unless a session
//! or another gateway comes or goes. A session that ends gives its share back at once, the last
//! one takes the gateway out of the group; what was not committed is delivered again to whoever
//! gets the partition. More sessions than partitions is fine: the extra ones stand by. Here is no
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

pub use acknowledged::Acknowledged;
pub use membership::{CommitError, Membership};

use group::Group;

/// A group that reads one topic of one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct GroupKey {
    cluster: usize,
    group: String,
    topic: TopicName,
}

/// All groups with members on this gateway.
#[derive(Debug, Default)]
pub struct Groups {
    /// Held for look-ups only.
    by_key: Mutex<HashMap<GroupKey, Arc<Group>>>,
    members: AtomicU64,
    /// Groups that are being left at the broker.
    leaving: Mutex<JoinSet<()>>,
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
        let key = GroupKey { cluster: cluster.id, group: group.to_owned(), topic: topic.clone() };
        let member = self.members.fetch_add(1, Ordering::Relaxed);
        let mut groups = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = if let Some(shared) = groups.get(&key) {
            Arc::clone(shared)
        } else {
            let shared = Group::new(cluster.broker.join(group, topic)?);
            groups.insert(key.clone(), Arc::clone(&shared));
            shared
        };
        shared.join(member);
        drop(groups);
        let broker = Arc::clone(&cluster.broker);
        Ok(Membership::new(Arc::clone(self), shared, broker, key, member))
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
