//! The order of one topic: its state in this gateway.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::watch, time::Instant};

use super::{
    log::OrderLog, page_cache::PageCache, recent::RecentSteps, single_flight::SingleFlight,
    step::Step,
};
use crate::{
    broker::{Broker, BrokerError},
    message::TopicName,
    telemetry::LogThrottle,
};

/// Steps whose records are all gone are deleted after so many steps of this gateway.
pub(super) const CLEANUP_STEPS: u32 = 1_000;

/// The order of one topic, shared by all sessions that read it.
pub struct Sequencer {
    /// Identifies it among the sequencers that share a page cache.
    pub(super) number: u64,
    pub(super) broker: Arc<dyn Broker>,
    pub(super) topic: TopicName,
    /// The topic that is its order log.
    pub(super) log: OrderLog,
    pub(super) pages: Arc<PageCache>,
    /// `None` until the log is read, and after it was replaced by another one.
    state: Mutex<Option<LogState>>,
    /// Running [`Self::cover`].
    pub(super) cover_flight: SingleFlight<()>,
    pub(super) pace: Mutex<WritePace>,
    /// Offset after the newest step; readers that wait watch it.
    pub(super) newest: watch::Sender<u64>,
    pub(super) is_followed: AtomicBool,
}

/// The part of an order log that is in memory.
#[derive(Debug)]
pub(super) struct LogState {
    /// Grows with each order log of this name.
    pub(super) generation: u64,
    /// Oldest offset of the log that may still exist.
    pub(super) start: u64,
    pub(super) steps: RecentSteps,
}

impl LogState {
    /// Offset of the first step since the topic was last created.
    pub(super) fn epoch(&self) -> u64 {
        self.steps.last().map_or(0, |last| last.epoch)
    }
}

/// Limits how often this gateway writes steps.
#[derive(Debug)]
pub(super) struct WritePace {
    generations: u64,
    /// The next step is written no earlier.
    pub(super) next: Instant,
    pub(super) since_cleanup: u32,
    /// Since when partitions end below the newest step.
    pub(super) lower_since: Option<Instant>,
    /// Limits how often the log says that steps cannot be deleted.
    pub(super) refused: LogThrottle,
}

impl Default for WritePace {
    fn default() -> Self {
        Self {
            generations: 0,
            next: Instant::now(),
            // The first step checks at once.
            since_cleanup: CLEANUP_STEPS,
            lower_since: None,
            refused: LogThrottle::new(Duration::from_hours(24)),
        }
    }
}

impl WritePace {
    pub(super) fn next_generation(&mut self) -> u64 {
        self.generations += 1;
        self.generations
    }

    /// True while it is not clear whether the topic was deleted and created again.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.lower_since.is_some()
    }
}

impl fmt::Debug for Sequencer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequencer").field("topic", &self.topic).finish_non_exhaustive()
    }
}

impl Sequencer {
    /// The order of `topic`, kept in the topic `log`. Nothing is read or created before it is needed.
    pub(super) fn new(
        number: u64,
        broker: Arc<dyn Broker>,
        topic: TopicName,
        log: TopicName,
        pages: Arc<PageCache>,
    ) -> Self {
        Self {
            number,
            log: OrderLog::new(Arc::clone(&broker), log),
            broker,
            topic,
            pages,
            state: Mutex::new(None),
            cover_flight: SingleFlight::default(),
            pace: Mutex::default(),
            newest: watch::Sender::new(0),
            is_followed: AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<LogState>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads or changes the state, if the log has been read.
    pub(super) fn with_loaded<T>(&self, read: impl FnOnce(&mut LogState) -> T) -> Option<T> {
        self.lock().as_mut().map(read)
    }

    /// Reads or changes the state, after reading the log where that is needed.
    ///
    /// # Errors
    /// The broker's.
    pub(super) async fn with_state<T>(
        &self,
        read: impl Fn(&mut LogState) -> T,
    ) -> Result<T, BrokerError> {
        if let Some(seen) = self.with_loaded(&read) {
            return Ok(seen);
        }
        self.begin_cover().await?;
        self.with_loaded(&read).ok_or_else(|| BrokerError::Unreachable {
            reason: format!("the order of `{}` was made anew meanwhile", self.topic),
        })
    }

    /// Sets the state after the log was read.
    pub(super) fn set_state(&self, start: u64, steps: RecentSteps) {
        let generation = self.pace().next_generation();
        *self.lock() = Some(LogState { generation, start, steps });
        self.notify_waiters();
    }

    /// Drops the state: the log was replaced by another one.
    pub(super) fn forget(&self) {
        *self.lock() = None;
    }

    /// Wakes the readers that wait for a newer step.
    pub(super) fn notify_waiters(&self) {
        let at = self.with_loaded(|state| state.steps.last().map_or(0, |last| last.at + 1));
        let at = at.unwrap_or(0);
        self.newest.send_if_modified(|newest| std::mem::replace(newest, at) != at);
    }

    pub(super) fn pace(&self) -> MutexGuard<'_, WritePace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest step.
    pub(super) fn last(&self) -> Option<Arc<Step>> {
        self.with_loaded(|state| state.steps.last().cloned()).flatten()
    }

    /// True while a task makes steps for new entries, so that waiting readers wake.
    pub fn is_followed(&self) -> bool {
        self.is_followed.load(Ordering::Acquire)
    }
}
