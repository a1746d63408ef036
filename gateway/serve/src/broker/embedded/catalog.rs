//! The topics with their partitions, and the committed offsets of consumer groups.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use tokio::sync::watch;

use super::{
    frame::PartitionKey,
    partition::{Partition, PartitionLog},
};
use crate::{
    broker::{BrokerError, Committed, TopicInfo},
    message::{TopicName, TopicPartition},
};

/// A topic that exists.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) id: u32,
    pub(super) name: TopicName,
    pub(super) partitions: Vec<Arc<Partition>>,
    /// Changes after every durable append.
    pub(super) changes: watch::Sender<u64>,
}

/// A group's committed offsets.
pub(super) type CommittedOffsets = HashMap<PartitionKey, Committed>;

/// All topics and groups. Only the writer changes it, after the change is durable.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    topics: RwLock<BTreeMap<TopicName, Arc<Topic>>>,
    groups: RwLock<HashMap<String, CommittedOffsets>>,
    /// Changes after every topic that is created or deleted.
    pub(super) changes: watch::Sender<u64>,
}

impl Topic {
    /// A topic without records.
    pub(super) fn new(name: TopicName, id: u32, partitions: u32, root: Option<&Path>) -> Self {
        let empty = (0..partitions).map(|_| PartitionLog::default()).collect();
        Self::with_logs(name, id, root, empty)
    }

    /// A topic as a checkpoint describes it.
    pub(super) fn with_logs(
        name: TopicName,
        id: u32,
        root: Option<&Path>,
        logs: Vec<PartitionLog>,
    ) -> Self {
        let partition = |(number, log)| {
            let key = PartitionKey { topic_id: id, number };
            Arc::new(Partition::new(name.clone(), key, root, log))
        };
        let partitions = (0..).zip(logs).map(partition).collect();
        Self { id, partitions, changes: watch::Sender::new(0), name }
    }

    pub(super) fn info(&self) -> TopicInfo {
        let partitions = u32::try_from(self.partitions.len()).expect("the count came as u32");
        TopicInfo { name: self.name.clone(), partitions }
    }

    /// True if it is being deleted, or is gone.
    pub(super) fn is_removed(&self) -> bool {
        self.partitions.iter().any(|partition| partition.is_removed())
    }

    /// The partition, or the error that says it is not there.
    pub(super) fn partition(&self, partition: u32) -> Result<&Arc<Partition>, BrokerError> {
        self.partitions.get(partition as usize).ok_or_else(|| {
            let partition = TopicPartition::new(self.name.clone(), partition);
            BrokerError::NoSuchPartition { partition }
        })
    }
}

impl Catalog {
    pub(super) fn topics(&self) -> RwLockReadGuard<'_, BTreeMap<TopicName, Arc<Topic>>> {
        self.topics.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn groups(&self) -> RwLockReadGuard<'_, HashMap<String, CommittedOffsets>> {
        self.groups.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn groups_mut(&self) -> RwLockWriteGuard<'_, HashMap<String, CommittedOffsets>> {
        self.groups.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The topic, or the error that says it is not there.
    pub(super) fn topic(&self, name: &TopicName) -> Result<Arc<Topic>, BrokerError> {
        let topic = self.topics().get(name).map(Arc::clone);
        topic.ok_or_else(|| BrokerError::NoSuchTopic { topic: name.clone() })
    }

    pub(super) fn insert_topic(&self, topic: Arc<Topic>) {
        let mut topics = self.topics.write().unwrap_or_else(PoisonError::into_inner);
        topics.insert(topic.name.clone(), topic);
        drop(topics);
        self.changes.send_modify(|count| *count += 1);
    }

    /// Removes a topic and the offsets of all groups in it, and wakes those who watch it.
    pub(super) fn remove_topic(&self, topic: &Topic) {
        let mut topics = self.topics.write().unwrap_or_else(PoisonError::into_inner);
        topics.remove(&topic.name);
        drop(topics);
        self.groups_mut().retain(|_, offsets| {
            offsets.retain(|partition, _| partition.topic_id != topic.id);
            !offsets.is_empty()
        });
        topic.changes.send_modify(|count| *count += 1);
        self.changes.send_modify(|count| *count += 1);
    }

    /// Groups with a committed offset in a topic, sorted by name.
    pub(super) fn groups_of(&self, topic_id: u32) -> Vec<String> {
        let groups = self.groups();
        let has_offset = |offsets: &CommittedOffsets| {
            offsets.keys().any(|partition| partition.topic_id == topic_id)
        };
        let found = groups.iter().filter(|(_, offsets)| has_offset(offsets));
        let mut found: Vec<_> = found.map(|(group, _)| group.clone()).collect();
        found.sort_unstable();
        found
    }

    /// Removes the offsets of a group in a topic.
    pub(super) fn forget_group(&self, group: &str, topic_id: u32) {
        let mut groups = self.groups_mut();
        let Some(offsets) = groups.get_mut(group) else { return };
        offsets.retain(|partition, _| partition.topic_id != topic_id);
        if offsets.is_empty() {
            groups.remove(group);
        }
    }

    pub(super) fn commit(&self, group: &str, partition: PartitionKey, committed: Committed) {
        let mut groups = self.groups_mut();
        if let Some(offsets) = groups.get_mut(group) {
            offsets.insert(partition, committed);
            return;
        }
        groups.insert(group.to_owned(), CommittedOffsets::from([(partition, committed)]));
    }

    pub(super) fn committed(&self, group: &str, partition: PartitionKey) -> Option<Committed> {
        self.groups().get(group)?.get(&partition).cloned()
    }
}
