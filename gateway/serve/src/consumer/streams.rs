//! Which stream groups are open on this gateway, and until when.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{GroupKey, Groups, stream::StreamGroup};
use crate::{
    broker::{BrokerError, Cluster},
    message::TopicName,
};

/// Stream groups that may be open on one gateway at once, each group and topic counted as one.
pub const STREAM_GROUPS_MAX: usize = 10_000;

/// All open stream groups.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// Held for look-ups only.
    by_key: Mutex<HashMap<GroupKey, Open>>,
    /// Groups that are being deleted: nobody opens them.
    ending: Mutex<HashSet<GroupKey>>,
}

#[derive(Debug)]
struct Open {
    group: Arc<StreamGroup>,
    /// Connections that use it.
    users: usize,
    /// Grows with every use, so that an old wish to leave is told from a new one.
    uses: u64,
}

impl Streams {
    fn ending(&self) -> MutexGuard<'_, HashSet<GroupKey>> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn by_key(&self) -> MutexGuard<'_, HashMap<GroupKey, Open>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection's use of a stream group; when the last one is dropped the gateway leaves after a
/// while.
#[derive(Debug)]
pub struct StreamUse {
    groups: Arc<Groups>,
    key: GroupKey,
    group: Arc<StreamGroup>,
    linger: Option<Duration>,
}

/// A group that is being deleted; nobody opens it until this is dropped.
#[derive(Debug)]
pub struct Ending {
    groups: Arc<Groups>,
    key: GroupKey,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.groups.streams.ending().remove(&self.key);
    }
}

impl StreamUse {
    /// The group.
    pub fn group(&self) -> &Arc<StreamGroup> {
        &self.group
    }
}

impl Groups {
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
        let by_key = self.streams.by_key();
        let keys = by_key.keys().filter(|key| key.cluster == cluster.id && key.topic == *topic);
        let mut names: Vec<_> = keys.map(|key| key.group.clone()).collect();
        names.sort_unstable();
        names
    }

    /// Opens a stream group, or uses the open one; the gateway stays in it for `linger` after the
    /// last use, or for ever.
    ///
    /// # Errors
    /// The broker's, if the gateway cannot join; `Refused` where too many are open.
    pub fn use_stream(
        self: &Arc<Self>,
        cluster: &Cluster,
        (group, topic): (&str, &TopicName),
        linger: Option<Duration>,
    ) -> Result<StreamUse, BrokerError> {
        let key = GroupKey::new(cluster, group, topic);
        let mut by_key = self.streams.by_key();
        if self.streams.ending().contains(&key) {
            return Err(BrokerError::Refused {
                reason: format!("group `{group}` is being deleted"),
            });
        }
        let count = by_key.len();
        let group = match by_key.entry(key.clone()) {
            Entry::Occupied(mut open) => {
                let open = open.get_mut();
                open.users += 1;
                open.uses += 1;
                Arc::clone(&open.group)
            }
            Entry::Vacant(_) if count >= STREAM_GROUPS_MAX => {
                let reason = format!("{STREAM_GROUPS_MAX} consumer groups are open here");
                return Err(BrokerError::Refused { reason });
            }
            Entry::Vacant(place) => {
                let seat = self.sit_down(cluster, &key)?;
                let group = StreamGroup::new(seat, Arc::clone(&cluster.broker));
                place.insert(Open { group: Arc::clone(&group), users: 1, uses: 1 });
                group
            }
        };
        Ok(StreamUse { groups: Arc::clone(self), key, group, linger })
    }

    /// Puts a copy of a stream group among those that are open.
    pub(super) fn open_copy(
        self: &Arc<Self>,
        cluster: &Cluster,
        real: &StreamGroup,
    ) -> Result<(), BrokerError> {
        let key = GroupKey::new(cluster, real.name(), real.topic());
        let seat = self.sit_down(cluster, &key)?;
        let group = real.copy(seat, Arc::clone(&cluster.broker));
        self.streams.by_key().insert(key, Open { group, users: 0, uses: 0 });
        Ok(())
    }

    /// Leaves all stream groups at once, and commits nothing.
    pub(super) fn leave_streams(&self) {
        let all: Vec<_> = self.streams.by_key().drain().map(|(_, open)| open.group).collect();
        all.iter().for_each(|group| group.leave());
    }

    /// Leaves a stream group at once, whoever uses it, and forgets what is pending in it: it is
    /// about to be deleted.
    pub fn end_stream(
        self: &Arc<Self>,
        cluster: &Cluster,
        group: &str,
        topic: &TopicName,
    ) -> Ending {
        let key = GroupKey::new(cluster, group, topic);
        self.streams.ending().insert(key.clone());
        let open = self.streams.by_key().remove(&key);
        if let Some(open) = open {
            open.group.leave();
        }
        Ending { groups: Arc::clone(self), key }
    }

    /// Is the group being deleted?
    pub fn is_ending(&self, cluster: &Cluster, group: &str, topic: &TopicName) -> bool {
        self.streams.ending().contains(&GroupKey::new(cluster, group, topic))
    }

    /// Leaves all stream groups; what is acknowledged is stored before.
    pub(super) async fn close_streams(&self) {
        let all: Vec<_> = self.streams.by_key().drain().map(|(_, open)| open.group).collect();
        futures_util::future::join_all(all.iter().map(StreamGroup::close)).await;
    }

    /// Takes back a use; the number of uses if it was the last one.
    fn end_use(&self, key: &GroupKey, group: &Arc<StreamGroup>) -> Option<u64> {
        let mut by_key = self.streams.by_key();
        let open = by_key.get_mut(key).filter(|open| Arc::ptr_eq(&open.group, group))?;
        open.users -= 1;
        (open.users == 0).then_some(open.uses)
    }

    /// Leaves a stream group if nobody has used it since.
    async fn leave_unused(&self, key: GroupKey, uses: u64) {
        let group = {
            let mut by_key = self.streams.by_key();
            match by_key.entry(key) {
                Entry::Occupied(open) if open.get().users == 0 && open.get().uses == uses => {
                    open.remove().group
                }
                _ => return,
            }
        };
        group.close().await;
    }
}

impl Drop for StreamUse {
    fn drop(&mut self) {
        let last = self.groups.end_use(&self.key, &self.group);
        let (Some(uses), Some(linger)) = (last, self.linger) else { return };
        // Without a runtime the gateway has ended, and all groups with it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (groups, key) = (Arc::clone(&self.groups), self.key.clone());
        runtime.spawn(async move {
            tokio::time::sleep(linger).await;
            groups.leave_unused(key, uses).await;
        });
    }
}
