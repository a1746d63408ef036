//! A reader's membership in a group on this gateway; dropping it leaves the group.

use std::sync::Arc;

use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{
    local_group::{LocalGroup, OwnedPartition},
    registry::{GroupKey, Registry},
};
use crate::{
    broker::{BrokerError, Cluster, Committed},
    message::TopicName,
};

/// A reader of a group: a databus session, or all stream consumers together.
#[derive(Debug)]
pub(super) struct MemberHandle {
    registry: Arc<Registry>,
    group: Arc<LocalGroup>,
    key: GroupKey,
    reader: u64,
}

impl MemberHandle {
    /// One more reader of a group; the first one makes the gateway join.
    ///
    /// # Errors
    /// The broker's, if the gateway cannot join.
    pub(super) fn join(
        registry: &Arc<Registry>,
        cluster: &Cluster,
        key: GroupKey,
    ) -> Result<Self, BrokerError> {
        let (group, reader) = registry.join(cluster, &key)?;
        Ok(Self { registry: Arc::clone(registry), group, key, reader })
    }

    /// Name of the group.
    pub(super) fn name(&self) -> &str {
        &self.key.group
    }

    /// The topic it reads.
    pub(super) fn topic(&self) -> &TopicName {
        &self.key.topic.topic
    }

    /// Partitions of this reader, in order.
    pub(super) fn owned(&self) -> Vec<OwnedPartition> {
        self.group.owned(self.reader)
    }

    /// The partitions of this reader; `None` until the group has assigned them.
    pub(super) fn partitions(&self) -> Option<Vec<u32>> {
        let owned = || self.owned().into_iter().map(|owned| owned.partition).collect();
        self.group.is_assigned().then(owned)
    }

    /// Commits for the group, if the partition is still this gateway's.
    pub(super) async fn commit(
        &self,
        partition: u32,
        committed: Committed,
    ) -> Result<(), BrokerError> {
        self.group.commit(partition, committed).await
    }

    /// Changes when partitions move.
    pub(super) fn moved(&self) -> watch::Receiver<u64> {
        self.group.moved()
    }

    /// Waits until the group has assigned its partitions, but not longer than `until`.
    pub(super) async fn assigned(&self, until: Instant) {
        let mut moved = self.group.moved();
        let assigned =
            async { while !self.group.is_assigned() && moved.changed().await.is_ok() {} };
        // Without partitions every commit is refused, and that error is enough.
        let _ = timeout_at(until, assigned).await;
    }
}

impl Drop for MemberHandle {
    fn drop(&mut self) {
        self.registry.leave(&self.key, &self.group, self.reader);
    }
}
