//! All groups of this gateway: sessions and stream groups join here.

use std::{collections::hash_map::Entry, sync::Arc, time::Duration};

use super::{
    member_handle::MemberHandle,
    membership::Membership,
    open_streams::{GroupDeletion, GroupHandle, Open, OpenStreams},
    registry::{GroupKey, Registry},
    stream::StreamGroup,
};
use crate::{
    broker::{BrokerError, Cluster},
    message::TopicName,
};

/// Stream groups that may be open on one gateway at once; each group and topic counts as one.
pub const STREAM_GROUPS_MAX: usize = 10_000;

/// All groups with readers on this gateway.
#[derive(Debug, Default)]
pub struct Groups {
    registry: Arc<Registry>,
    /// Groups that are read as streams; each is one reader of its group.
    streams: Arc<OpenStreams>,
}

impl Groups {
    /// Makes a session a reader of a group; dropping the membership leaves it.
    ///
    /// # Errors
    /// The broker's, if the gateway cannot join.
    pub fn join(
        &self,
        cluster: &Cluster,
        group: &str,
        topic: &TopicName,
    ) -> Result<Membership, BrokerError> {
        let member = self.join_member(cluster, GroupKey::new(cluster, group, topic))?;
        Ok(Membership::new(member, Arc::clone(&cluster.broker)))
    }

    pub(super) fn join_member(
        &self,
        cluster: &Cluster,
        key: GroupKey,
    ) -> Result<MemberHandle, BrokerError> {
        MemberHandle::join(&self.registry, cluster, key)
    }

    pub(super) fn streams(&self) -> &OpenStreams {
        &self.streams
    }

    /// Leaves all groups and waits until that is done, but no longer than `limit`: when the gateway
    /// stops, after its sessions have ended. Other gateways get the partitions at once, not only
    /// after Kafka's session time-out.
    pub async fn close(&self, limit: Duration) {
        // Acknowledged entries are committed before the partitions go.
        let _ = tokio::time::timeout(limit, self.streams.close_all()).await;
        self.registry.close(limit).await;
    }

    /// The stream group, if it is open on this gateway.
    pub fn stream(
        &self,
        cluster: &Cluster,
        group: &str,
        topic: &TopicName,
    ) -> Option<Arc<StreamGroup>> {
        let by_key = self.streams.by_key();
        by_key.get(&GroupKey::new(cluster, group, topic)).map(|open| Arc::clone(&open.group))
    }

    /// Names of the open stream groups of a topic, sorted.
    pub fn streams_of(&self, cluster: &Cluster, topic: &TopicName) -> Vec<String> {
        let topic = cluster.topic(topic);
        let by_key = self.streams.by_key();
        let keys = by_key.keys().filter(|key| key.topic == topic);
        let mut names: Vec<_> = keys.map(|key| key.group.clone()).collect();
        names.sort_unstable();
        names
    }

    /// Opens a stream group, or uses the open one. The gateway stays in it for `linger` after the
    /// last use; `None` keeps it open.
    ///
    /// # Errors
    /// The broker's, if the gateway cannot join; `Refused` where too many are open.
    pub fn use_stream(
        &self,
        cluster: &Cluster,
        (group, topic): (&str, &TopicName),
        linger: Option<Duration>,
    ) -> Result<GroupHandle, BrokerError> {
        let key = GroupKey::new(cluster, group, topic);
        let mut by_key = self.streams.by_key();
        if self.streams.is_deleting(&key) {
            return Err(BrokerError::Refused {
                reason: format!("group `{group}` is being deleted"),
            });
        }
        let count = by_key.len();
        let group = match by_key.entry(key.clone()) {
            Entry::Occupied(mut open) => open.get_mut().add_user(),
            Entry::Vacant(_) if count >= STREAM_GROUPS_MAX => {
                let reason = format!("{STREAM_GROUPS_MAX} consumer groups are open here");
                return Err(BrokerError::Refused { reason });
            }
            Entry::Vacant(entry) => {
                let member = self.join_member(cluster, key.clone())?;
                let group = StreamGroup::new(member, Arc::clone(&cluster.broker));
                entry.insert(Open::new(Arc::clone(&group))).add_user()
            }
        };
        Ok(GroupHandle::new(&self.streams, key, group, linger))
    }

    /// Leaves a stream group at once, even while it is used, and forgets its pending entries: it is
    /// about to be deleted. Nobody can open it until the returned guard is dropped.
    pub fn end_stream(&self, cluster: &Cluster, group: &str, topic: &TopicName) -> GroupDeletion {
        GroupDeletion::new(&self.streams, GroupKey::new(cluster, group, topic))
    }

    /// True while the group is being deleted.
    pub fn is_ending(&self, cluster: &Cluster, group: &str, topic: &TopicName) -> bool {
        self.streams.is_deleting(&GroupKey::new(cluster, group, topic))
    }
}
