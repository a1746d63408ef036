//! One reader's place in a group on this gateway; given up when dropped.

use std::sync::Arc;

use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{GroupKey, Groups, group::Group};
use crate::broker::{BrokerError, Committed};

/// A reader of a group: a databus session, or all stream consumers together.
#[derive(Debug)]
pub(super) struct Seat {
    groups: Arc<Groups>,
    group: Arc<Group>,
    key: GroupKey,
    member: u64,
}

impl Seat {
    pub(super) fn new(groups: Arc<Groups>, group: Arc<Group>, key: GroupKey, member: u64) -> Self {
        Self { groups, group, key, member }
    }

    /// Which group, of which topic.
    pub(super) fn key(&self) -> &GroupKey {
        &self.key
    }

    /// Partitions of this reader, in order, and since which deal it has each: another number means
    /// that somebody else had it meanwhile.
    pub(super) fn owned(&self) -> Vec<(u32, u64)> {
        self.group.owned(self.member)
    }

    /// The partitions of this reader; `None` until the group has dealt them.
    pub(super) fn partitions(&self) -> Option<Vec<u32>> {
        let owned = || self.owned().into_iter().map(|(partition, _)| partition).collect();
        self.group.is_dealt().then(owned)
    }

    /// Stores the group's place, if the partition is still this gateway's.
    pub(super) async fn commit(
        &self,
        partition: u32,
        committed: Committed,
    ) -> Result<(), BrokerError> {
        self.group.commit(partition, committed).await
    }

    /// Tells when partitions move.
    pub(super) fn moved(&self) -> watch::Receiver<u64> {
        self.group.moved()
    }

    /// Waits until the group has dealt its partitions, but not longer than `until`.
    pub(super) async fn dealt(&self, until: Instant) {
        let mut moved = self.group.moved();
        let dealt = async { while !self.group.is_dealt() && moved.changed().await.is_ok() {} };
        // Without a share every commit is refused, which says what there is to say.
        let _ = timeout_at(until, dealt).await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.groups.leave(&self.key, &self.group, self.member);
    }
}
