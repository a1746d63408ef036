//! Where a stream group begins, and where it is set to go on.

use std::sync::Arc;

use super::{StreamGroup, ledger::Ledger};
use crate::{
    broker::Committed,
    consumer::{CommitError, seat::Seat},
};

impl StreamGroup {
    /// Sets where the group goes on in each partition, from the first one on, and stores that.
    ///
    /// # Errors
    /// `NotOwned` for a partition that is not this gateway's, before anything was changed; the
    /// broker's.
    pub async fn set(self: &Arc<Self>, places: &[u64]) -> Result<bool, CommitError> {
        self.refresh().await?;
        {
            let mut ledger = self.ledger();
            let Ledger { lanes, pending, .. } = &mut *ledger;
            let missing = (0..).zip(places).find(|(partition, _)| !lanes.contains_key(partition));
            if let Some((partition, _)) = missing {
                return Err(CommitError::NotOwned { partition });
            }
            for (partition, next) in (0..).zip(places) {
                let of_lane = pending.keys().filter(|position| position.partition == partition);
                let Some(lane) = lanes.get_mut(&partition) else { continue };
                if !lane.set(*next, of_lane.map(|position| position.offset)) {
                    return Ok(false);
                }
            }
        }
        self.tell();
        for partition in (0..).take(places.len()) {
            self.store(partition).await?;
        }
        Ok(true)
    }

    /// Begins a group that does not exist yet, as a member of it: its name has members already,
    /// in other topics.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub async fn begin(&self, places: &[u64]) -> Result<(), CommitError> {
        for (partition, offset) in (0..).zip(places) {
            let not_owned = CommitError::NotOwned { partition };
            let seat = self.seat();
            let is_ours = |seat: &Arc<Seat>| seat.owned().iter().any(|(at, _)| *at == partition);
            let Some(seat) = seat.filter(is_ours) else { return Err(not_owned) };
            let committed = Committed { offset: *offset, metadata: String::new() };
            seat.commit(partition, committed).await?;
        }
        Ok(())
    }
}
