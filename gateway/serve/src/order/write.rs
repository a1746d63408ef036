//! Writes steps: one at a time, for all readers that need a newer one.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::{
    sequencer::{CLEANUP_STEPS, Sequencer},
    step::Step,
};
use crate::{
    broker::{BrokerError, BrokerFuture, OffsetRange},
    message::{PartitionOffset, TopicPartition},
};

/// Least time between two steps of one gateway: records that arrive meanwhile share the next one.
const STEP_TIME: Duration = Duration::from_millis(10);

/// Attempts at one step before its readers get `Busy`; each lost one was overtaken by another
/// gateway's step.
const ATTEMPTS: u32 = 50;

/// If a partition ends below the newest step for so long, its topic was deleted and created again.
/// For a shorter time a broker that no longer leads the partition may report an older end.
const RECREATED_AFTER: Duration = Duration::from_secs(10);

impl Sequencer {
    /// Makes all records that were stored before this call part of the order.
    ///
    /// Concurrent callers share one request to the broker, and one step if there are new records.
    ///
    /// # Errors
    /// The broker's; `Busy` if other gateways' steps came first too often.
    pub async fn cover(&self) -> Result<(), BrokerError> {
        self.cover_flight.join(async || self.round().await).await
    }

    /// The same as a boxed future: the type of `cover` would contain itself, since reading the state
    /// may call it.
    pub(super) fn begin_cover(&self) -> BrokerFuture<'_, Result<(), BrokerError>> {
        Box::pin(self.cover())
    }

    async fn round(&self) -> Result<(), BrokerError> {
        let is_new = self.with_loaded(|_| ()).is_none();
        match self.try_round().await {
            // The log is gone, or was replaced by another one.
            Err(
                BrokerError::NoSuchTopic { topic }
                | BrokerError::Corrupt { partition: TopicPartition { topic, .. }, .. },
            ) if topic == self.log.partition.topic && !is_new => {
                self.forget();
                self.try_round().await
            }
            done => done,
        }
    }

    async fn try_round(&self) -> Result<(), BrokerError> {
        if self.with_loaded(|_| ()).is_none() {
            self.load().await?;
        }
        self.catch_up().await?;
        let ranges = self.broker.all_offsets(&self.topic).await?;
        for _ in 0..ATTEMPTS {
            let Some(step) = self.step_to(&ranges) else { return Ok(()) };
            let pause_ends = self.pace().next;
            sleep_until(pause_ends).await;
            self.pace().next = Instant::now() + STEP_TIME;
            let at = self.log.append(step.to_bytes()).await?;
            if at < step.at {
                return Err(self.log.foreign_record());
            }
            if at == step.at {
                self.push(at, &step.to_bytes())?;
                self.clean_up(&ranges).await;
                return Ok(());
            }
            // Another gateway's step was first: it may be enough.
            self.read_to(at + 1).await?;
        }
        Err(BrokerError::Busy { topic: self.log.partition.topic.clone() })
    }

    /// The step to write; `None` if all records are covered.
    fn step_to(&self, ranges: &[OffsetRange]) -> Option<Step> {
        let (at, last) =
            self.with_loaded(|state| (state.steps.next(), state.steps.last().cloned()))?;
        let ends: Vec<u64> = ranges.iter().map(|range| range.end).collect();
        let Some(last) = last else {
            return ends.iter().any(|end| *end > 0).then(|| Step::new(at, at, &[], &ends));
        };
        if self.is_recreated(&last, &ends) {
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

    fn is_recreated(&self, last: &Step, ends: &[u64]) -> bool {
        let is_lower = ends.iter().zip(last.ends()).any(|(end, before)| end < before);
        let mut pace = self.pace();
        if !is_lower {
            pace.lower_since = None;
            return false;
        }
        let since = *pace.lower_since.get_or_insert_with(Instant::now);
        let is_sure = since.elapsed() >= RECREATED_AFTER;
        if is_sure {
            pace.lower_since = None;
        }
        is_sure
    }

    /// Now and then deletes steps whose records are all gone. A failure does no harm.
    pub(super) async fn clean_up(&self, ranges: &[OffsetRange]) {
        {
            let mut pace = self.pace();
            pace.since_cleanup += 1;
            if pace.since_cleanup < CLEANUP_STEPS {
                return;
            }
            pace.since_cleanup = 0;
        }
        let cleaned = self.delete_unused(ranges).await;
        if let Err(error) = cleaned
            && self.pace().refused.allow().is_some()
        {
            tracing::info!(topic = %self.log.partition.topic, %error, "old steps of an order are kept");
        }
    }

    async fn delete_unused(&self, ranges: &[OffsetRange]) -> Result<(), BrokerError> {
        let Some(last) = self.last() else { return Ok(()) };
        let mut before = last.at;
        for (partition, range) in (0_u32..).zip(ranges) {
            let first: Option<Arc<Step>> =
                self.covering(PartitionOffset::new(partition, range.start)).await?;
            before = before.min(first.map_or(before, |step| step.at));
        }
        let start = self.with_loaded(|state| state.start).unwrap_or(before);
        if before > start {
            let start = self.broker.delete_records(&self.log.partition, before).await?;
            self.with_loaded(|state| state.start = state.start.max(start));
        }
        Ok(())
    }
}
