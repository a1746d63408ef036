//! Claims: pending entries that go to another consumer.

use std::collections::BTreeSet;

use super::{
    group::StreamGroup,
    state::{AckOutcome, Delivery, EntryPosition, StreamState, TooManyConsumers},
};

/// How the delivery of a claimed entry is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// When it counts as delivered, in Unix milliseconds.
    pub delivered_ms: i64,
    /// How often it counts as delivered; `None` for once more than before.
    pub deliveries: Option<u64>,
    /// It counts as delivered no more often than before, unless `deliveries` says so.
    pub is_silent: bool,
}

/// Which entries are wanted, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The new owner.
    pub consumer: &'a [u8],
    /// Least idle time of an entry, in milliseconds.
    pub idle_min_ms: i64,
    /// Also claim entries that are neither pending nor acknowledged.
    pub is_forced: bool,
    /// How their delivery is counted.
    pub renewal: Renewal,
    /// The time now, in Unix milliseconds.
    pub now: i64,
}

/// How far one XAUTOCLAIM looks.
#[derive(Clone, Copy, Debug)]
pub struct ScanLimits {
    /// Most entries to find.
    pub found_max: usize,
    /// Most pending entries to look at.
    pub scanned_max: usize,
}

/// The result of a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimResult {
    /// Entries that the consumer has now.
    pub entries: Vec<EntryPosition>,
    /// Entries that were acknowledged because their records are gone.
    pub gone: Vec<EntryPosition>,
}

impl Claim<'_> {
    /// True if this entry may be claimed.
    fn fits(&self, state: &StreamState, position: EntryPosition) -> bool {
        if let Some(entry) = state.pending.get(&position) {
            return self.now.saturating_sub(entry.delivered_ms) >= self.idle_min_ms;
        }
        let partition = state.partitions.get(&position.partition);
        self.is_forced && partition.is_some_and(|p| !p.acknowledged.contains(position.offset))
    }
}

impl StreamGroup {
    /// The entries among `positions` that may be claimed.
    pub fn claimable(&self, claim: &Claim<'_>, positions: &[EntryPosition]) -> Vec<EntryPosition> {
        self.settle();
        let state = self.state();
        positions.iter().copied().filter(|position| claim.fits(&state, *position)).collect()
    }

    /// Pending entries from `from` on that may be claimed, within `limits`; and the position to
    /// continue from, `None` at the end.
    pub fn scan(
        &self,
        claim: &Claim<'_>,
        from: EntryPosition,
        limits: ScanLimits,
    ) -> (Vec<EntryPosition>, Option<EntryPosition>) {
        self.settle();
        let state = self.state();
        let mut found = Vec::new();
        for (scanned, position) in state.pending.range(from..).map(|(at, _)| *at).enumerate() {
            if scanned >= limits.scanned_max || found.len() >= limits.found_max {
                return (found, Some(position));
            }
            if claim.fits(&state, position) {
                found.push(position);
            }
        }
        (found, None)
    }

    /// Claims the wanted entries whose records are in `there`, and acknowledges those whose records
    /// are gone; returns which were claimed, and which were acknowledged.
    ///
    /// # Errors
    /// The consumer is new, and there are too many.
    pub fn claim(
        &self,
        claim: &Claim<'_>,
        wanted: &[EntryPosition],
        there: &BTreeSet<EntryPosition>,
    ) -> Result<ClaimResult, TooManyConsumers> {
        self.settle();
        let mut state = self.state();
        let mut claimed = ClaimResult::default();
        let mut seen = BTreeSet::new();
        for position in wanted.iter().copied() {
            // Another consumer may have been faster.
            if !seen.insert(position) || !claim.fits(&state, position) {
                continue;
            }
            if !there.contains(&position) {
                if state.acknowledge(position) == AckOutcome::Done {
                    claimed.gone.push(position);
                }
                continue;
            }
            state.meet(claim.consumer, claim.now)?;
            // With FORCE an entry becomes pending as if it had been delivered once, as in Redis.
            let before = state.pending.get(&position).map_or(1, |entry| entry.deliveries);
            let once_more = before.saturating_add(u64::from(!claim.renewal.is_silent));
            let deliveries = claim.renewal.deliveries.unwrap_or(once_more);
            let delivery = Delivery { delivered_ms: claim.renewal.delivered_ms, deliveries };
            state.give(position, claim.consumer, delivery);
            claimed.entries.push(position);
        }
        let consumer = state.consumers.get_mut(claim.consumer);
        if let Some(consumer) = consumer.filter(|_| !claimed.entries.is_empty()) {
            consumer.active_ms = Some(claim.now);
        }
        Ok(claimed)
    }
}
