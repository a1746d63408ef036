//! Consumer groups: who reads which partition, and what was committed.
//!
//! Whole partitions are dealt out among the sessions of a group, and stay where they are unless a
//! session comes or goes. A session that ends gives its share back at once; what it did not commit
//! is delivered again to whoever gets the partition. More sessions than partitions is fine: the
//! extra ones stand by. Here is no plugin and no protocol.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{broker::Broker, message::TopicName};

mod deal;
mod group;
mod membership;

pub use membership::{CommitError, Membership};

use group::Group;

/// A group in one topic.
type GroupKey = (String, TopicName);

/// All groups with members on this gateway.
#[derive(Debug)]
pub struct Groups {
    broker: Arc<dyn Broker>,
    /// Held for look-ups only.
    by_key: Mutex<HashMap<GroupKey, Arc<Group>>>,
    members: AtomicU64,
}

impl Groups {
    /// No groups yet.
    pub fn new(broker: Arc<dyn Broker>) -> Self {
        Self { broker, by_key: Mutex::default(), members: AtomicU64::new(1) }
    }

    /// Makes a member of a group; dropping it leaves the group.
    pub fn join(self: &Arc<Self>, group: &str, topic: &TopicName, partitions: u32) -> Membership {
        let key = (group.to_owned(), topic.clone());
        let mut groups = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = groups.entry(key).or_insert_with(|| Arc::new(Group::new(partitions)));
        let member = self.members.fetch_add(1, Ordering::Relaxed);
        shared.join(member, partitions);
        Membership::new(Arc::clone(self), Arc::clone(shared), (group, topic), member)
    }

    /// Takes a member out, and the group with the last one.
    fn leave(&self, key: &GroupKey, group: &Group, member: u64) {
        let mut groups = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        if group.leave(member) {
            groups.remove(key);
        }
    }
}
