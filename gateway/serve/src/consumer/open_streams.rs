//! The stream groups that are open on this gateway, and who uses them.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{registry::GroupKey, stream::StreamGroup};

/// All open stream groups.
#[derive(Debug, Default)]
pub(super) struct OpenStreams {
    /// Locked for short.
    by_key: Mutex<HashMap<GroupKey, Open>>,
    /// Groups that are being deleted: they cannot be opened.
    deleting: Mutex<HashSet<GroupKey>>,
}

/// An open stream group.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) group: Arc<StreamGroup>,
    /// Connections that use it.
    users: usize,
    /// Grows with every use, so that an old wish to leave is not taken for a new one.
    uses: u64,
}

impl Open {
    /// A group without users.
    pub(super) fn new(group: Arc<StreamGroup>) -> Self {
        Self { group, users: 0, uses: 0 }
    }

    /// Counts a user and returns the group.
    pub(super) fn add_user(&mut self) -> Arc<StreamGroup> {
        self.users += 1;
        self.uses += 1;
        Arc::clone(&self.group)
    }
}

impl OpenStreams {
    pub(super) fn by_key(&self) -> MutexGuard<'_, HashMap<GroupKey, Open>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deleting(&self) -> MutexGuard<'_, HashSet<GroupKey>> {
        self.deleting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_deleting(&self, key: &GroupKey) -> bool {
        self.deleting().contains(key)
    }

    /// Leaves all stream groups at once, without a commit.
    pub(super) fn leave_all(&self) {
        let all: Vec<_> = self.by_key().drain().map(|(_, open)| open.group).collect();
        all.iter().for_each(|group| group.leave());
    }

    /// Commits the acknowledged entries of all stream groups, and leaves them.
    pub(super) async fn close_all(&self) {
        let all: Vec<_> = self.by_key().drain().map(|(_, open)| open.group).collect();
        futures_util::future::join_all(all.iter().map(StreamGroup::close)).await;
    }

    /// Removes a user; returns the number of uses if it was the last user.
    fn remove_user(&self, key: &GroupKey, group: &Arc<StreamGroup>) -> Option<u64> {
        let mut by_key = self.by_key();
        let open = by_key.get_mut(key).filter(|open| Arc::ptr_eq(&open.group, group))?;
        open.users -= 1;
        (open.users == 0).then_some(open.uses)
    }

    /// Leaves a stream group if it was not used again since it had `uses`.
    async fn leave_unused(&self, key: GroupKey, uses: u64) {
        let group = {
            let mut by_key = self.by_key();
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

/// A connection's use of a stream group. When the last one is dropped, the gateway leaves the group
/// after a while.
#[derive(Debug)]
pub struct GroupHandle {
    streams: Arc<OpenStreams>,
    key: GroupKey,
    group: Arc<StreamGroup>,
    linger: Option<Duration>,
}

impl GroupHandle {
    pub(super) fn new(
        streams: &Arc<OpenStreams>,
        key: GroupKey,
        group: Arc<StreamGroup>,
        linger: Option<Duration>,
    ) -> Self {
        Self { streams: Arc::clone(streams), key, group, linger }
    }

    /// The group.
    pub fn group(&self) -> &Arc<StreamGroup> {
        &self.group
    }
}

impl Drop for GroupHandle {
    fn drop(&mut self) {
        let last = self.streams.remove_user(&self.key, &self.group);
        let (Some(uses), Some(linger)) = (last, self.linger) else { return };
        // Without a runtime the gateway has ended, and all groups with it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (streams, key) = (Arc::clone(&self.streams), self.key.clone());
        runtime.spawn(async move {
            tokio::time::sleep(linger).await;
            streams.leave_unused(key, uses).await;
        });
    }
}

/// A group that is being deleted: it cannot be opened until this is dropped.
#[derive(Debug)]
pub struct GroupDeletion {
    streams: Arc<OpenStreams>,
    key: GroupKey,
}

impl GroupDeletion {
    /// Leaves the group at once, even while it is used.
    pub(super) fn new(streams: &Arc<OpenStreams>, key: GroupKey) -> Self {
        streams.deleting().insert(key.clone());
        let open = streams.by_key().remove(&key);
        if let Some(open) = open {
            open.group.leave();
        }
        Self { streams: Arc::clone(streams), key }
    }
}

impl Drop for GroupDeletion {
    fn drop(&mut self) {
        self.streams.deleting().remove(&self.key);
    }
}
