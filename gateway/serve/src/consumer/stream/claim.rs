//! Taking over what is pending.

use std::collections::BTreeSet;

use super::{
    StreamGroup,
    ledger::{Ledger, Position, TooManyConsumers},
};

/// What an entry's new owner makes of it.
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
    /// Only entries that have been idle for so long.
    pub idle_min_ms: i64,
    /// Also entries that are not pending, nor acknowledged.
    pub is_forced: bool,
    /// What becomes of them.
    pub renewal: Renewal,
    /// The time now, in Unix milliseconds.
    pub now: i64,
}

impl Claim<'_> {
    /// May this entry be claimed?
    fn fits(&self, ledger: &Ledger, position: Position) -> bool {
        if let Some(entry) = ledger.pending.get(&position) {
            return self.now.saturating_sub(entry.delivered_ms) >= self.idle_min_ms;
        }
        let lane = ledger.lanes.get(&position.partition);
        self.is_forced && lane.is_some_and(|lane| !lane.acknowledged.contains(position.offset))
    }
}

impl StreamGroup {
    /// Those of the entries that may be claimed.
    pub fn claimable(&self, claim: &Claim<'_>, positions: &[Position]) -> Vec<Position> {
        self.settle();
        let ledger = self.ledger();
        positions.iter().copied().filter(|position| claim.fits(&ledger, *position)).collect()
    }

    /// Pending entries from `from` on that may be claimed, at most `count` of them and after a look
    /// at no more than `looks`; and where to look on, `None` at the end.
    pub fn scan(
        &self,
        claim: &Claim<'_>,
        from: Position,
        (count, looks): (usize, usize),
    ) -> (Vec<Position>, Option<Position>) {
        self.settle();
        let ledger = self.ledger();
        let mut found = Vec::new();
        for (looked, position) in ledger.pending.range(from..).map(|(at, _)| *at).enumerate() {
            if looked >= looks || found.len() >= count {
                return (found, Some(position));
            }
            if claim.fits(&ledger, position) {
                found.push(position);
            }
        }
        (found, None)
    }

    /// Gives the entries in `there` to the claiming consumer, and takes off those that are not
    /// there any more; answers which of them it has now, and which were taken off.
    ///
    /// # Errors
    /// It is a new consumer, and there are too many.
    pub fn claim(
        &self,
        claim: &Claim<'_>,
        wanted: &[Position],
        there: &BTreeSet<Position>,
    ) -> Result<(Vec<Position>, Vec<Position>), TooManyConsumers> {
        self.settle();
        let mut ledger = self.ledger();
        let (mut given, mut gone) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for position in wanted.iter().copied() {
            // Somebody may have been quicker.
            if !seen.insert(position) || !claim.fits(&ledger, position) {
                continue;
            }
            if !there.contains(&position) {
                if ledger.acknowledge(position) == Some(true) {
                    gone.push(position);
                }
                continue;
            }
            ledger.meet(claim.consumer, claim.now)?;
            // By force it becomes pending as if it had been delivered once, as in Redis.
            let before = ledger.pending.get(&position).map_or(1, |entry| entry.deliveries);
            let once_more = before.saturating_add(u64::from(!claim.renewal.is_silent));
            let deliveries = claim.renewal.deliveries.unwrap_or(once_more);
            ledger.give(position, claim.consumer, (claim.renewal.delivered_ms, deliveries));
            given.push(position);
        }
        let consumer = ledger.consumers.get_mut(claim.consumer);
        if let Some(consumer) = consumer.filter(|_| !given.is_empty()) {
            consumer.active_ms = Some(claim.now);
        }
        Ok((given, gone))
    }
}
