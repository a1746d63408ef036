//! The groups that this gateway is a member of, and who reads with them.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{task::JoinSet, time::timeout};

use super::local_group::LocalGroup;
use crate::{
    broker::{BrokerError, Cluster, ClusterTopic},
    message::TopicName,
};

/// A group that reads one topic of one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct GroupKey {
    pub(super) group: String,
    pub(super) topic: ClusterTopic,
}

impl GroupKey {
    pub(super) fn new(cluster: &Cluster, group: &str, topic: &TopicName) -> Self {
        Self { group: group.to_owned(), topic: cluster.topic(topic) }
    }
}

/// All groups that this gateway is a member of.
#[derive(Debug, Default)]
pub(super) struct Registry {
    /// Locked for short.
    groups: Mutex<HashMap<GroupKey, Arc<LocalGroup>>>,
    /// Number of the next reader.
    next_reader: AtomicU64,
    /// Groups that are being left at the broker.
    leaving: Mutex<JoinSet<()>>,
}

impl Registry {
    fn groups(&self) -> MutexGuard<'_, HashMap<GroupKey, Arc<LocalGroup>>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leaving(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a reader to a group and returns its number; the first one makes the gateway join.
    ///
    /// # Errors
    /// The broker's, if the gateway cannot join.
    pub(super) fn join(
        &self,
        cluster: &Cluster,
        key: &GroupKey,
    ) -> Result<(Arc<LocalGroup>, u64), BrokerError> {
        let reader = self.next_reader.fetch_add(1, Ordering::Relaxed);
        let mut groups = self.groups();
        let group = if let Some(group) = groups.get(key) {
            Arc::clone(group)
        } else {
            let group = LocalGroup::new(cluster.broker.join(&key.group, &key.topic.topic)?);
            groups.insert(key.clone(), Arc::clone(&group));
            group
        };
        group.join(reader);
        Ok((group, reader))
    }

    /// Removes a reader; the last one makes the gateway leave the group.
    pub(super) fn leave(&self, key: &GroupKey, group: &Arc<LocalGroup>, reader: u64) {
        let mut groups = self.groups();
        if group.leave(reader) {
            groups.remove(key);
            let group = Arc::clone(group);
            let mut leaving = self.leaving();
            while leaving.try_join_next().is_some() {}
            leaving.spawn(async move { group.leave_broker().await });
        }
    }

    /// Leaves all groups and waits until that is done, but no longer than `limit`.
    pub(super) async fn close(&self, limit: Duration) {
        let groups: Vec<_> = self.groups().drain().map(|(_, group)| group).collect();
        let mut leaving = std::mem::take(&mut *self.leaving());
        for group in groups {
            leaving.spawn(async move { group.leave_broker().await });
        }
        // Kafka removes the others after their session time-out.
        let _ = timeout(limit, leaving.join_all()).await;
    }
}
