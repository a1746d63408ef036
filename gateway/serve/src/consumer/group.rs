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

#[derive(Debug, Default)]
struct State {
    sessions: Vec<u64>,
    /// Partitions of this gateway, sorted; `None` until the group has dealt them.
    partitions: Option<Arc<[u32]>>,
    /// For each partition of the gateway, the session that reads it.
    owners: Vec<Option<u64>>,
    /// For each of them, the number of the change that gave it to its owner.
    since: Vec<u64>,
    changes: u64,
}

impl Group {
    /// A group without sessions yet. A task follows its partitions until it is dropped.
    pub(super) fn new(member: Arc<dyn GroupMember>) -> Arc<Self> {
        let mut partitions = member.partitions();
        let state = State::default();
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
        let had = |partition: &u32| {
            let place = state.partitions.as_ref()?.binary_search(partition).ok()?;
            Some((state.owners[place], state.since[place]))
        };
        let kept = partitions.iter().flat_map(|all| all.iter());
        let kept = kept.map(|partition| had(partition).unwrap_or_default());
        (state.owners, state.since) = kept.unzip();
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
        let State { sessions, owners, since, changes, .. } = state;
        let before = owners.clone();
        deal(owners, sessions);
        for (place, (now, before)) in owners.iter().zip(before).enumerate() {
            if *now != before {
                *changes += 1;
                since[place] = *changes;
            }
        }
        self.moved.send_modify(|generation| *generation += 1);
    }

    /// Leaves at the broker.
    pub(super) async fn left(&self) {
        self.member.leave().await;
    }

    /// The partitions of a session, in order, and since which change it has each.
    pub(super) fn owned(&self, session: u64) -> Vec<(u32, u64)> {
        let state = self.state();
        let partitions = state.partitions.iter().flat_map(|all| all.iter());
        let owned = partitions.zip(&state.owners).zip(&state.since);
        let owned = owned.filter(|((_, owner), _)| **owner == Some(session));
        owned.map(|((partition, _), since)| (*partition, *since)).collect()
    }

    /// True once the group has dealt its partitions, even if this gateway got none.
    pub(super) fn is_dealt(&self) -> bool {
        self.state().partitions.is_some()
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
