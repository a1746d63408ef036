//! What a stream group commits: acknowledged entries, and the offsets it is set to.

use std::sync::Arc;

use super::{group::StreamGroup, state::StreamState};
use crate::{
    broker::{BrokerError, Committed},
    consumer::{local_group::OwnedPartition, member_handle::MemberHandle, membership::CommitError},
};

impl StreamGroup {
    /// Commits the acknowledged entries of a partition; `Ok` once the broker has them. Entries that
    /// are acknowledged during a commit go together with the next one.
    ///
    /// # Errors
    /// [`CommitError`]; the entries stay acknowledged and go with a later commit.
    pub async fn store(self: &Arc<Self>, partition: u32) -> Result<(), CommitError> {
        let not_owned = || CommitError::NotOwned { partition };
        let (commit_lock, wanted, epoch) = {
            let state = self.state();
            let known = state.partitions.get(&partition).ok_or_else(not_owned)?;
            let Some(wanted) = known.uncommitted() else { return Ok(()) };
            (Arc::clone(&known.commit_lock), wanted, known.epoch)
        };
        let turn = commit_lock.lock_owned().await;
        let owned = OwnedPartition { partition, epoch };
        let (member, committed, version) = {
            let state = self.state();
            let known = state.owned(owned).ok_or_else(not_owned)?;
            match known.uncommitted() {
                Some(version) if known.lacks_commit_of(wanted) => {
                    let member = self.member().ok_or_else(not_owned)?;
                    (member, known.acknowledged.to_committed(), version)
                }
                _ => return Ok(()),
            }
        };
        // A task, so that a caller that gives up does not let a later commit overtake this one.
        let group = Arc::clone(self);
        let commit = tokio::spawn(async move {
            let committed = member.commit(partition, committed).await;
            if committed.is_ok() {
                group.note_committed(owned, version);
            }
            // Only now the next commit may begin.
            drop(turn);
            committed
        });
        match commit.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(BrokerError::NotOwner { .. })) => Err(not_owned()),
            Ok(Err(error)) => Err(error.into()),
            Err(error) => Err(BrokerError::Unknown { reason: error.to_string() }.into()),
        }
    }

    fn note_committed(&self, owned: OwnedPartition, version: u64) {
        let mut state = self.state();
        if let Some(known) = state.owned_mut(owned) {
            known.note_committed(version);
        }
    }

    /// Commits all acknowledged entries. A failure is only logged.
    pub async fn store_all(self: &Arc<Self>) {
        self.settle();
        let partitions: Vec<_> = self.state().partitions.keys().copied().collect();
        let stores = partitions.into_iter().map(|partition| self.store(partition));
        for stored in futures_util::future::join_all(stores).await {
            if let Err(error) = stored {
                tracing::warn!(group = self.name(), topic = %self.topic(), %error, "not committed");
            }
        }
    }

    /// Sets the next offset of each partition, beginning with partition 0, and commits them. False
    /// if a commit has no room for the entries that stay pending.
    ///
    /// # Errors
    /// `NotOwned` for a partition that is not this gateway's, before anything was changed; the
    /// broker's.
    pub async fn set(self: &Arc<Self>, offsets: &[u64]) -> Result<bool, CommitError> {
        self.refresh().await?;
        {
            let mut state = self.state();
            let StreamState { partitions, pending, .. } = &mut *state;
            let is_missing = |(partition, _): &(u32, _)| !partitions.contains_key(partition);
            let missing = (0..).zip(offsets).find(is_missing);
            if let Some((partition, _)) = missing {
                return Err(CommitError::NotOwned { partition });
            }
            for (partition, next) in (0..).zip(offsets) {
                let pending = pending.keys().filter(|position| position.partition == partition);
                let Some(known) = partitions.get_mut(&partition) else { continue };
                if !known.set(*next, pending.map(|position| position.offset)) {
                    return Ok(false);
                }
            }
        }
        self.wake_readers();
        for partition in (0..).take(offsets.len()) {
            self.store(partition).await?;
        }
        Ok(true)
    }

    /// Commits the first offsets of a new group as a member of it, because the group has members in
    /// other topics already.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub async fn begin(&self, offsets: &[u64]) -> Result<(), CommitError> {
        for (partition, offset) in (0..).zip(offsets) {
            let not_owned = CommitError::NotOwned { partition };
            let owns = |member: &Arc<MemberHandle>| {
                member.owned().iter().any(|owned| owned.partition == partition)
            };
            let Some(member) = self.member().filter(owns) else { return Err(not_owned) };
            let committed = Committed { offset: *offset, metadata: String::new() };
            member.commit(partition, committed).await?;
        }
        Ok(())
    }
}
