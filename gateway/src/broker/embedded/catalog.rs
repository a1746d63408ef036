//! What exists: topics with their partitions, and the groups' places in them.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use tokio::sync::watch;

use super::partition::{Partition, State};
use crate::{
    broker::{BrokerError, Committed, TopicInfo},
    message::TopicName,
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

/// A group's places, by topic id and partition.
pub(super) type Places = HashMap<(u32, u32), Committed>;

/// All topics and groups. Only the writer thread changes it, after the change is durable.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    topics: RwLock<BTreeMap<TopicName, Arc<Topic>>>,
    groups: RwLock<HashMap<String, Places>>,
    /// Changes after every topic that is made.
    pub(super) changes: watch::Sender<u64>,
}

impl Topic {
    /// A topic without records.
    pub(super) fn new(name: TopicName, id: u32, partitions: u32, root: Option<&Path>) -> Self {
        let empty = (0..partitions).map(|_| State::default()).collect();
        Self::with_states(name, id, root, empty)
    }

    /// A topic as a checkpoint describes it.
    pub(super) fn with_states(
        name: TopicName,
        id: u32,
        root: Option<&Path>,
        states: Vec<State>,
    ) -> Self {
        let partition =
            |(number, state)| Arc::new(Partition::new(name.clone(), id, number, root, state));
        let partitions = (0..).zip(states).map(partition).collect();
        Self { id, partitions, changes: watch::Sender::new(0), name }
    }

    pub(super) fn info(&self) -> TopicInfo {
        let partitions = u32::try_from(self.partitions.len()).expect("the count came as u32");
        TopicInfo { name: self.name.clone(), partitions }
    }

    /// The partition, or the error that says it is not there.
    pub(super) fn partition(&self, partition: u32) -> Result<&Arc<Partition>, BrokerError> {
        self.partitions
            .get(partition as usize)
            .ok_or_else(|| BrokerError::NoSuchPartition { topic: self.name.clone(), partition })
    }
}

impl Catalog {
    pub(super) fn topics(&self) -> RwLockReadGuard<'_, BTreeMap<TopicName, Arc<Topic>>> {
        self.topics.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn groups(&self) -> RwLockReadGuard<'_, HashMap<String, Places>> {
        self.groups.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn groups_mut(&self) -> RwLockWriteGuard<'_, HashMap<String, Places>> {
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

    pub(super) fn commit(&self, group: &str, place: (u32, u32), committed: Committed) {
        let mut groups = self.groups_mut();
        if let Some(places) = groups.get_mut(group) {
            places.insert(place, committed);
            return;
        }
        groups.insert(group.to_owned(), Places::from([(place, committed)]));
    }

    pub(super) fn committed(&self, group: &str, place: (u32, u32)) -> Option<Committed> {
        self.groups().get(group)?.get(&place).cloned()
    }
}
