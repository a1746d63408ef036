//! How an order grows: one step at a time, for all who need a newer one.

use std::{
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    Sequencer,
    pages::PAGE,
    step::Step,
    steps::{Alien, Steps},
};
use crate::{
    broker::{Append, BrokerError, BrokerFuture, Fetch, NewTopic, OffsetRange},
    message::Record,
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

/// Steps whose records are all gone are deleted after so many steps of this gateway.
const TIDY_STEPS: u32 = 1_000;

/// Pause before a record that exists is asked for again.
const PAUSE: Duration = Duration::from_millis(5);
/// And how often: a second in all.
const PAUSES: u32 = 200;

/// Bytes of one read of an order log.
const READ_BYTES: usize = 1 << 20;

/// When this gateway wrote, and what it waits for.
#[derive(Debug)]
pub(super) struct Pace {
    lives: u64,
    /// No step is written before.
    next: Instant,
    since_tidied: u32,
    /// Since when partitions end before the newest step.
    lower_since: Option<Instant>,
    refused: Occasionally,
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
        let (at, last) =
            self.known(|state| (state.steps.next(), state.steps.last().cloned()))?;
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

    async fn append(&self, step: Bytes) -> Result<u64, BrokerError> {
        let records = vec![Record { value: Some(step), ..Record::default() }];
        let append = Append::new(self.log.clone(), 0, records);
        let mut stored = self.broker.produce(vec![append]).await;
        let stored = stored.pop().expect("every append is answered");
        Ok(stored?.offset(0))
    }

    /// Reads the end of the log, which is made if there is none.
    async fn load(&self) -> Result<(), BrokerError> {
        if self.broker.look_up(&self.log).await?.is_none() {
            self.make().await?;
        }
        let OffsetRange { start, end } = self.broker.offsets(&self.log, 0).await?;
        let mut back = PAGE;
        loop {
            let from = end.saturating_sub(back).max(start);
            let mut steps = Steps::new(from);
            self.read_into(end, |at, bytes| steps.push(at, bytes).map(|_| ()), from).await?;
            steps.skip_to(end);
            if steps.last().is_some() || from == start {
                self.begin(start, steps);
                return Ok(());
            }
            // Nothing but void steps.
            back = back.saturating_mul(4);
        }
    }

    async fn make(&self) -> Result<(), BrokerError> {
        let keep = [("cleanup.policy", "delete"), ("retention.ms", "-1"), ("retention.bytes", "-1")];
        let configs = keep.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let mut topic = NewTopic { configs, ..NewTopic::new(self.log.clone(), 1) };
        let mut made = self.broker.create_topic(topic.clone()).await;
        if let Err(BrokerError::Refused { .. }) = made {
            // A broker without such settings, or one that lets nobody choose them.
            topic.configs.clear();
            made = self.broker.create_topic(topic).await;
        }
        match made {
            Ok(_) | Err(BrokerError::TopicExists { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes up the steps of other gateways that have arrived.
    async fn catch_up(&self) -> Result<(), BrokerError> {
        while let Some(from) = self.known(|state| state.steps.next()) {
            let records = self.broker.fetch(self.fetch_log(from)).await?;
            if records.is_empty() {
                break;
            }
            for stored in records {
                self.push(stored.offset, stored.record.value.as_deref().unwrap_or_default())?;
            }
        }
        Ok(())
    }

    /// Takes up all records of the log below `end`, which are stored.
    async fn read_to(&self, end: u64) -> Result<(), BrokerError> {
        let Some(from) = self.known(|state| state.steps.next()) else { return Ok(()) };
        let mut read = Vec::new();
        let keep = |at, bytes: &[u8]| {
            read.push((at, Bytes::copy_from_slice(bytes)));
            Ok(())
        };
        self.read_into(end, keep, from).await?;
        read.iter().try_for_each(|(at, bytes)| self.push(*at, bytes))?;
        self.known(|state| state.steps.skip_to(end));
        Ok(())
    }

    /// Reads all records of the log from `from` up to `end`, which are stored, and perhaps more.
    pub(super) async fn read_into(
        &self,
        end: u64,
        mut take: impl FnMut(u64, &[u8]) -> Result<(), Alien>,
        mut from: u64,
    ) -> Result<(), BrokerError> {
        let mut pauses = 0;
        while from < end {
            let Some(records) = self.broker.fetch_below(self.fetch_log(from), end).await? else {
                if pauses == PAUSES {
                    let reason = format!("records of `{}` that are stored do not come", self.log);
                    return Err(BrokerError::Unreachable { reason });
                }
                pauses += 1;
                sleep(PAUSE).await;
                continue;
            };
            let Some(last) = records.last() else { return Ok(()) };
            from = last.offset + 1;
            for stored in &records {
                let bytes = stored.record.value.as_deref().unwrap_or_default();
                take(stored.offset, bytes).map_err(|Alien| self.alien())?;
            }
        }
        Ok(())
    }

    fn fetch_log(&self, from: u64) -> Fetch {
        let (topic, bytes_max) = (self.log.clone(), READ_BYTES);
        // A whole page, and not much more than one is worth reading at once.
        let records_max = usize::try_from(PAGE).unwrap_or(usize::MAX);
        Fetch { topic, partition: 0, from, records_max, bytes_max }
    }

    fn push(&self, at: u64, bytes: &[u8]) -> Result<(), BrokerError> {
        match self.known(|state| state.steps.push(at, bytes)) {
            Some(Ok(true)) => self.tell(),
            Some(Ok(false)) | None => {}
            Some(Err(Alien)) => return Err(self.alien()),
        }
        Ok(())
    }

    fn alien(&self) -> BrokerError {
        let reason = "it holds what no gateway of this version writes into an order log: run the \
                      newest version everywhere, or delete the topic to begin a new order";
        let (topic, reason) = (self.log.clone(), reason.to_owned());
        BrokerError::Corrupt { topic, partition: 0, reason }
    }

    /// Now and then deletes steps whose records are all gone. That it cannot harms nobody.
    async fn tidy(&self, ranges: &[OffsetRange]) {
        {
            let mut pace = self.pace();
            pace.since_tidied += 1;
            if pace.since_tidied < TIDY_STEPS {
                return;
            }
            pace.since_tidied = 0;
        }
        let tidied = self.delete_unused(ranges).await;
        if let Err(error) = tidied
            && self.pace().refused.may().is_some()
        {
            tracing::info!(topic = %self.log, %error, "old steps of an order are kept");
        }
    }

    async fn delete_unused(&self, ranges: &[OffsetRange]) -> Result<(), BrokerError> {
        let Some(last) = self.last() else { return Ok(()) };
        let mut before = last.at;
        for (partition, range) in (0_u32..).zip(ranges) {
            let first: Option<Arc<Step>> = self.covering(partition, range.start).await?;
            before = before.min(first.map_or(before, |step| step.at));
        }
        let start = self.known(|state| state.start).unwrap_or(before);
        if before > start {
            let start = self.broker.delete_records(&self.log, 0, before).await?;
            self.known(|state| state.start = state.start.max(start));
        }
        Ok(())
    }
}
