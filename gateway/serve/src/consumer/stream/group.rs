//! The stream group itself: joins, takes over partitions, acknowledges.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::watch, time::Instant};

use super::{
    partition::PartitionState,
    state::{AckOutcome, EntryPosition, StreamState},
};
use crate::{
    broker::{Broker, BrokerError},
    consumer::{
        acknowledged::Acknowledged, local_group::OwnedPartition, member_handle::MemberHandle,
    },
    message::{TopicName, TopicPartition},
};

/// A stream group on this gateway.
#[derive(Debug)]
pub struct StreamGroup {
    /// `None` once the gateway has left.
    member: Mutex<Option<Arc<MemberHandle>>>,
    broker: Arc<dyn Broker>,
    group: String,
    topic: TopicName,
    /// Locked for short, never across an await.
    state: Mutex<StreamState>,
    /// Locked while the committed offsets of new partitions are looked up.
    beginning: tokio::sync::Mutex<()>,
    /// Changes when there may be more to deliver than new records.
    deliverable: watch::Sender<u64>,
}

/// The result of an XACK.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acknowledgement {
    /// How many pending entries were acknowledged.
    pub count: usize,
    /// How many stay pending, because a commit has no room for their acknowledgement.
    pub refused: usize,
    /// Partitions to commit before the client gets the reply.
    pub partitions: BTreeSet<u32>,
}

impl StreamGroup {
    pub(in crate::consumer) fn new(member: MemberHandle, broker: Arc<dyn Broker>) -> Arc<Self> {
        let (group, topic) = (member.name().to_owned(), member.topic().clone());
        Arc::new(Self {
            member: Mutex::new(Some(Arc::new(member))),
            broker,
            group,
            topic,
            state: Mutex::default(),
            beginning: tokio::sync::Mutex::default(),
            deliverable: watch::Sender::new(0),
        })
    }

    /// A group of `member` with a copy of this state.
    pub(in crate::consumer) fn fork(
        &self,
        member: MemberHandle,
        broker: Arc<dyn Broker>,
    ) -> Arc<Self> {
        self.settle();
        let epochs: HashMap<_, _> =
            member.owned().into_iter().map(|owned| (owned.partition, owned.epoch)).collect();
        let state = self.state().fork(&epochs);
        let fork = Self::new(member, broker);
        *fork.state() = state;
        fork
    }

    /// Its partitions; `None` until the group has assigned them.
    pub fn partitions(&self) -> Option<Vec<u32>> {
        self.member()?.partitions()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, StreamState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn member(&self) -> Option<Arc<MemberHandle>> {
        self.member.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The group's name.
    pub fn name(&self) -> &str {
        &self.group
    }

    /// The topic it reads.
    pub fn topic(&self) -> &TopicName {
        &self.topic
    }

    /// True once the gateway has left the group.
    pub fn is_closed(&self) -> bool {
        self.member().is_none()
    }

    /// Change when partitions move, and when something is to be delivered again.
    pub fn watches(&self) -> Vec<watch::Receiver<u64>> {
        let moved = self.member().map(|member| member.moved());
        moved.into_iter().chain([self.deliverable.subscribe()]).collect()
    }

    /// Waits until the group has assigned its partitions, but not longer than `until`.
    pub async fn assigned(&self, until: Instant) {
        if let Some(member) = self.member() {
            member.assigned(until).await;
        }
    }

    /// Takes over partitions that were assigned to this gateway, and drops those that were revoked;
    /// returns the ones it has.
    ///
    /// # Errors
    /// The broker's, if a committed offset has to be looked up and cannot be.
    pub async fn refresh(&self) -> Result<Vec<u32>, BrokerError> {
        if self.settle() {
            let _beginning = self.beginning.lock().await;
            for OwnedPartition { partition, epoch } in self.owned() {
                let known =
                    self.state().partitions.get(&partition).is_some_and(|p| p.epoch == epoch);
                if known {
                    continue;
                }
                let at = TopicPartition::new(self.topic.clone(), partition);
                let committed = self.broker.committed(&self.group, &at).await?;
                // A partition without a commit is younger than the group: all of it is new.
                let acknowledged =
                    committed.map(|c| Acknowledged::from_committed(&c)).unwrap_or_default();
                let partition_state = PartitionState::new(epoch, acknowledged);
                self.state().partitions.insert(partition, partition_state);
            }
            self.settle();
        }
        Ok(self.state().partitions.keys().copied().collect())
    }

    /// Drops revoked partitions; true if there are assigned ones to take over.
    pub(super) fn settle(&self) -> bool {
        let owned = self.owned();
        self.state().settle(&owned)
    }

    fn owned(&self) -> Vec<OwnedPartition> {
        self.member().map(|member| member.owned()).unwrap_or_default()
    }

    /// Acknowledges entries; those that are not pending here do not count.
    pub fn acknowledge(&self, positions: impl Iterator<Item = EntryPosition>) -> Acknowledgement {
        self.settle();
        let mut state = self.state();
        let mut done = Acknowledgement::default();
        for position in positions {
            match state.acknowledge(position) {
                AckOutcome::Done => done.count += 1,
                AckOutcome::NoRoom => done.refused += 1,
                AckOutcome::NotPending => {}
            }
            // An entry that was acknowledged before may still wait for a commit after a failed one.
            let partition = state.partitions.get(&position.partition);
            if partition.is_some_and(|partition| partition.uncommitted().is_some()) {
                done.partitions.insert(position.partition);
            }
        }
        done
    }

    /// Commits the acknowledged entries and leaves the group; pending ones are forgotten.
    pub(in crate::consumer) async fn close(self: &Arc<Self>) {
        self.store_all().await;
        self.leave();
    }

    /// Leaves the group at once, without a commit.
    pub(in crate::consumer) fn leave(&self) {
        drop(self.member.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.wake_readers();
    }

    /// Wakes consumers that wait for entries.
    pub(super) fn wake_readers(&self) {
        self.deliverable.send_modify(|count| *count += 1);
    }
}
