//! One group that reads one topic, shared by its readers on this gateway.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::watch;

use super::assign::assign;
use crate::broker::{BrokerError, Committed, GroupMember};

/// This gateway's membership in a group, and which reader owns which of its partitions.
#[derive(Debug)]
pub(super) struct LocalGroup {
    member: Arc<dyn GroupMember>,
    state: Mutex<Assignment>,
    /// Changes whenever partitions move.
    moved: watch::Sender<u64>,
}

/// A partition that a reader owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OwnedPartition {
    pub(super) partition: u32,
    /// Number of the change that gave it to its owner: after a gap another reader had it.
    pub(super) epoch: u64,
}

#[derive(Debug, Default)]
struct Assignment {
    readers: Vec<u64>,
    /// Partitions of this gateway, sorted; `None` until the group has assigned them.
    partitions: Option<Arc<[u32]>>,
    /// For each partition of the gateway, the reader that owns it.
    owners: Vec<Option<u64>>,
    /// For each of them, the number of the change that gave it to its owner.
    epochs: Vec<u64>,
    changes: u64,
}

impl LocalGroup {
    /// A group without readers yet. A task follows its partitions until it is dropped.
    pub(super) fn new(member: Arc<dyn GroupMember>) -> Arc<Self> {
        let mut partitions = member.partitions();
        let state = Mutex::default();
        let group = Arc::new(Self { member, state, moved: watch::Sender::new(0) });
        group.set_partitions(partitions.borrow_and_update().clone());
        let weak = Arc::downgrade(&group);
        tokio::spawn(async move {
            while partitions.changed().await.is_ok() {
                let assigned = partitions.borrow_and_update().clone();
                let Some(group) = Weak::upgrade(&weak) else { break };
                group.set_partitions(assigned);
            }
        });
        group
    }

    fn state(&self) -> MutexGuard<'_, Assignment> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the partitions that the gateway has now; those that it had before keep their owners.
    fn set_partitions(&self, partitions: Option<Arc<[u32]>>) {
        let mut state = self.state();
        let had = |partition: &u32| {
            let at = state.partitions.as_ref()?.binary_search(partition).ok()?;
            Some((state.owners[at], state.epochs[at]))
        };
        let kept = partitions.iter().flat_map(|all| all.iter());
        let kept = kept.map(|partition| had(partition).unwrap_or_default());
        (state.owners, state.epochs) = kept.unzip();
        state.partitions = partitions;
        self.reassign(&mut state);
    }

    /// Adds a reader.
    pub(super) fn join(&self, reader: u64) {
        let mut state = self.state();
        state.readers.push(reader);
        self.reassign(&mut state);
    }

    /// Removes a reader; true if it was the last.
    pub(super) fn leave(&self, reader: u64) -> bool {
        let mut state = self.state();
        state.readers.retain(|other| *other != reader);
        self.reassign(&mut state);
        state.readers.is_empty()
    }

    fn reassign(&self, state: &mut Assignment) {
        let Assignment { readers, owners, epochs, changes, .. } = state;
        let before = owners.clone();
        assign(owners, readers);
        for (at, (now, before)) in owners.iter().zip(before).enumerate() {
            if *now != before {
                *changes += 1;
                epochs[at] = *changes;
            }
        }
        self.moved.send_modify(|generation| *generation += 1);
    }

    /// Leaves the group at the broker.
    pub(super) async fn leave_broker(&self) {
        self.member.leave().await;
    }

    /// The partitions of a reader, in order.
    pub(super) fn owned(&self, reader: u64) -> Vec<OwnedPartition> {
        let state = self.state();
        let partitions = state.partitions.iter().flat_map(|all| all.iter());
        let owned = partitions.zip(&state.owners).zip(&state.epochs);
        let owned = owned.filter(|((_, owner), _)| **owner == Some(reader));
        owned
            .map(|((partition, _), epoch)| OwnedPartition { partition: *partition, epoch: *epoch })
            .collect()
    }

    /// True once the group has assigned its partitions, even if this gateway got none.
    pub(super) fn is_assigned(&self) -> bool {
        self.state().partitions.is_some()
    }

    /// Commits for the group, if the partition is still this gateway's.
    pub(super) async fn commit(
        &self,
        partition: u32,
        committed: Committed,
    ) -> Result<(), BrokerError> {
        self.member.commit(partition, committed).await
    }

    /// Changes when partitions move.
    pub(super) fn moved(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }
}
