//! One group in one topic, shared by its members on this gateway.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::deal::deal;

/// Members, and who owns what.
#[derive(Debug)]
pub(super) struct Group {
    state: Mutex<State>,
    /// Changes whenever partitions move.
    moved: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    members: Vec<u64>,
    owners: Vec<Option<u64>>,
}

impl Group {
    pub(super) fn new(partitions: u32) -> Self {
        let owners = vec![None; partitions as usize];
        Self {
            state: Mutex::new(State { members: Vec::new(), owners }),
            moved: watch::Sender::new(0),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn join(&self, member: u64, partitions: u32) {
        let mut state = self.state();
        state.members.push(member);
        let most = state.owners.len().max(partitions as usize);
        state.owners.resize(most, None);
        self.deal(&mut state);
    }

    /// Takes a member out; true if it was the last.
    pub(super) fn leave(&self, member: u64) -> bool {
        let mut state = self.state();
        state.members.retain(|other| *other != member);
        self.deal(&mut state);
        state.members.is_empty()
    }

    fn deal(&self, state: &mut State) {
        let State { members, owners } = state;
        deal(owners, members);
        self.moved.send_modify(|generation| *generation += 1);
    }

    /// The partitions of a member, in order.
    pub(super) fn owned(&self, member: u64) -> Vec<u32> {
        let state = self.state();
        let owned = state.owners.iter().zip(0..).filter(|(owner, _)| **owner == Some(member));
        owned.map(|(_, partition)| partition).collect()
    }

    pub(super) fn owns(&self, member: u64, partition: u32) -> bool {
        self.state().owners.get(partition as usize).is_some_and(|owner| *owner == Some(member))
    }

    /// Tells when partitions move.
    pub(super) fn moved(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }
}
