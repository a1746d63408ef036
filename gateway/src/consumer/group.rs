//! One group in one topic, shared by its sessions on this gateway.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::watch;

use super::deal::deal;
use crate::broker::{BrokerError, Committed, GroupMember};

/// The gateway's part in a group, and which session owns what of it.
#[derive(Debug)]
pub(super) struct Group {
    member: Arc<dyn GroupMember>,
    state: Mutex<State>,
    /// Changes whenever partitions move.
    moved: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    sessions: Vec<u64>,
    /// Partitions of this gateway, sorted; `None` until the group has dealt them.
    partitions: Option<Arc<[u32]>>,
    /// For each partition of the gateway, the session that reads it.
    owners: Vec<Option<u64>>,
}

impl Group {
    /// A group without sessions yet. A task follows its partitions until it is dropped.
    pub(super) fn new(member: Arc<dyn GroupMember>) -> Arc<Self> {
        let mut partitions = member.partitions();
        let state = State { sessions: Vec::new(), partitions: None, owners: Vec::new() };
        let group =
            Arc::new(Self { member, state: Mutex::new(state), moved: watch::Sender::new(0) });
        group.give(partitions.borrow_and_update().clone());
        let weak = Arc::downgrade(&group);
        tokio::spawn(async move {
            while partitions.changed().await.is_ok() {
                let given = partitions.borrow_and_update().clone();
                let Some(group) = Weak::upgrade(&weak) else { break };
                group.give(given);
            }
        });
        group
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of the partitions the gateway has now; those it had keep their owners.
    fn give(&self, partitions: Option<Arc<[u32]>>) {
        let mut state = self.state();
        let owner_of = |partition: &u32| {
            let place = state.partitions.as_ref()?.binary_search(partition).ok()?;
            state.owners[place]
        };
        state.owners = partitions.iter().flat_map(|all| all.iter()).map(owner_of).collect();
        state.partitions = partitions;
        self.deal(&mut state);
    }

    pub(super) fn join(&self, session: u64) {
        let mut state = self.state();
        state.sessions.push(session);
        self.deal(&mut state);
    }

    /// Takes a session out; true if it was the last.
    pub(super) fn leave(&self, session: u64) -> bool {
        let mut state = self.state();
        state.sessions.retain(|other| *other != session);
        self.deal(&mut state);
        state.sessions.is_empty()
    }

    fn deal(&self, state: &mut State) {
        let State { sessions, owners, .. } = state;
        deal(owners, sessions);
        self.moved.send_modify(|generation| *generation += 1);
    }

    /// Leaves at the broker.
    pub(super) async fn left(&self) {
        self.member.leave().await;
    }

    /// The partitions of a session, in order.
    pub(super) fn owned(&self, session: u64) -> Vec<u32> {
        let state = self.state();
        let partitions = state.partitions.iter().flat_map(|all| all.iter());
        let owned = partitions.zip(&state.owners).filter(|(_, owner)| **owner == Some(session));
        owned.map(|(partition, _)| *partition).collect()
    }

    /// True once the group has dealt its partitions, even if this gateway got none.
    pub(super) fn is_dealt(&self) -> bool {
        self.state().partitions.is_some()
    }

    pub(super) fn owns(&self, session: u64, partition: u32) -> bool {
        self.owned(session).contains(&partition)
    }

    /// Stores the group's place, if the partition is still this gateway's.
    pub(super) async fn commit(
        &self,
        partition: u32,
        committed: Committed,
    ) -> Result<(), BrokerError> {
        self.member.commit(partition, committed).await
    }

    /// Tells when partitions move.
    pub(super) fn moved(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }
}
