//! How an order grows: one step at a time, for all who need a newer one.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{Sequencer, step::Step, tidy::TIDY_STEPS};
use crate::{
    broker::{BrokerError, BrokerFuture, OffsetRange},
    telemetry::Occasionally,
};

/// Least time between two steps of one gateway: what arrives meanwhile shares the next one.
const STEP_TIME: Duration = Duration::from_millis(10);

/// Attempts at one step before its readers are told to try again; each one is lost to a step of
/// another gateway.
const ATTEMPTS: u32 = 50;

/// A partition that ends before a step of it did belongs to a topic that was made anew, if it is
/// seen so for so long: a broker that no longer leads it may know an older end for a while.
const ANEW_AFTER: Duration = Duration::from_secs(10);

/// When this gateway wrote, and what it waits for.
#[derive(Debug)]
pub(super) struct Pace {
    lives: u64,
    /// No step is written before.
    next: Instant,
    pub(super) since_tidied: u32,
    /// Since when partitions end before the newest step.
    lower_since: Option<Instant>,
    /// That steps cannot be deleted is said once in a while.
    pub(super) refused: Occasionally,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            lives: 0,
            next: Instant::now(),
            // The first step looks at once.
            since_tidied: TIDY_STEPS,
            lower_since: None,
            refused: Occasionally::new(Duration::from_hours(24)),
        }
    }
}

impl Pace {
    pub(super) fn new_life(&mut self) -> u64 {
        self.lives += 1;
        self.lives
    }

    /// Whether the topic may have been made anew.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.lower_since.is_some()
    }
}

impl Sequencer {
    /// Makes all that was stored before this call part of the order.
    ///
    /// One question to the broker for all who call at the same time, and one step if there is
    /// anything new.
    ///
    /// # Errors
    /// The broker's; `Busy` after too many steps that came too late.
    pub async fn cover(&self) -> Result<(), BrokerError> {
        self.rounds.join(async || self.round().await).await
    }

    /// The same, of a type that may stand within a round of its own: looking at an order begins
    /// one where the log was not read yet.
    pub(super) fn begin_cover(&self) -> BrokerFuture<'_, Result<(), BrokerError>> {
        Box::pin(self.cover())
    }

    async fn round(&self) -> Result<(), BrokerError> {
        let is_new = self.known(|_| ()).is_none();
        match self.try_round().await {
            // The log that was known is gone, or another one lies in its place.
            Err(BrokerError::NoSuchTopic { topic } | BrokerError::Corrupt { topic, .. })
                if topic == self.log && !is_new =>
            {
                self.forget();
                self.try_round().await
            }
            done => done,
        }
    }

    async fn try_round(&self) -> Result<(), BrokerError> {
        if self.known(|_| ()).is_none() {
            self.load().await?;
        }
        self.catch_up().await?;
        let ranges = self.broker.all_offsets(&self.topic).await?;
        for _ in 0..ATTEMPTS {
            let Some(step) = self.step_to(&ranges) else { return Ok(()) };
            let pause_ends = self.pace().next;
            sleep_until(pause_ends).await;
            self.pace().next = Instant::now() + STEP_TIME;
            let at = self.append(step.to_bytes()).await?;
            if at < step.at {
                return Err(self.alien());
            }
            if at == step.at {
                self.push(at, &step.to_bytes())?;
                self.tidy(&ranges).await;
                return Ok(());
            }
            // Others were first: theirs may be all that is needed.
            self.read_to(at + 1).await?;
        }
        Err(BrokerError::Busy { topic: self.log.clone() })
    }

    /// The step to write; `None` if all that there is has its place.
    fn step_to(&self, ranges: &[OffsetRange]) -> Option<Step> {
        let (at, last) = self.known(|state| (state.steps.next(), state.steps.last().cloned()))?;
        let ends: Vec<u64> = ranges.iter().map(|range| range.end).collect();
        let Some(last) = last else {
            return ends.iter().any(|end| *end > 0).then(|| Step::new(at, at, &[], &ends));
        };
        if self.is_made_anew(&last, &ends) {
            tracing::warn!(topic = %self.topic, "the topic was made anew, its order begins again");
            return Some(Step::new(at, at, &[], &ends));
        }
        let partitions = ends.len().max(last.ends().len());
        let both = (0..partitions).map(|p| {
            let before = last.ends().get(p).copied().unwrap_or(0);
            ends.get(p).copied().unwrap_or(0).max(before)
        });
        let merged: Vec<u64> = both.collect();
        (merged != last.ends()).then(|| Step::new(at, last.epoch, last.ends(), &merged))
    }

    fn is_made_anew(&self, last: &Step, ends: &[u64]) -> bool {
        let is_lower = ends.iter().zip(last.ends()).any(|(end, before)| end < before);
        let mut pace = self.pace();
        if !is_lower {
            pace.lower_since = None;
            return false;
        }
        let since = *pace.lower_since.get_or_insert_with(Instant::now);
        let is_sure = since.elapsed() >= ANEW_AFTER;
        if is_sure {
            pace.lower_since = None;
        }
        is_sure
    }
}
