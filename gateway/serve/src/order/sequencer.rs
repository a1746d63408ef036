//! The order of one topic, as far as it is known here.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::watch;

use super::{pages::Pages, rounds::Rounds, step::Step, steps::Steps, write::Pace};
use crate::{
    broker::{Broker, BrokerError},
    message::TopicName,
};

/// The order of one topic, shared by all sessions that read it.
pub struct Sequencer {
    /// Tells it from others in what they share.
    pub(super) number: u64,
    pub(super) broker: Arc<dyn Broker>,
    pub(super) topic: TopicName,
    /// The topic that is its order log.
    pub(super) log: TopicName,
    pub(super) pages: Arc<Pages>,
    /// `None` until the log was read, and after it was found to be another one.
    state: Mutex<Option<State>>,
    pub(super) rounds: Rounds<()>,
    pub(super) pace: Mutex<Pace>,
    /// Offset behind the newest step; those who wait watch it.
    pub(super) newest: watch::Sender<u64>,
    pub(super) is_followed: AtomicBool,
}

/// What is known of an order log.
#[derive(Debug)]
pub(super) struct State {
    /// Tells it from what was known of an earlier log of that name.
    pub(super) life: u64,
    /// Oldest offset of the log that may be left.
    pub(super) start: u64,
    pub(super) steps: Steps,
}

impl State {
    /// The first step of the topic's present life.
    pub(super) fn epoch(&self) -> u64 {
        self.steps.last().map_or(0, |last| last.epoch)
    }
}

impl fmt::Debug for Sequencer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequencer").field("topic", &self.topic).finish_non_exhaustive()
    }
}

impl Sequencer {
    /// The order of `topic`, which lies in `log`. Nothing is read or made before it is needed.
    pub(super) fn new(
        number: u64,
        broker: Arc<dyn Broker>,
        (topic, log): (TopicName, TopicName),
        pages: Arc<Pages>,
    ) -> Self {
        Self {
            number,
            broker,
            topic,
            log,
            pages,
            state: Mutex::new(None),
            rounds: Rounds::default(),
            pace: Mutex::default(),
            newest: watch::Sender::new(0),
            is_followed: AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what is known, if the log was read.
    pub(super) fn known<T>(&self, look: impl FnOnce(&mut State) -> T) -> Option<T> {
        self.lock().as_mut().map(look)
    }

    /// Looks at what is known, once the log was read.
    ///
    /// # Errors
    /// The broker's.
    pub(super) async fn look<T>(&self, look: impl Fn(&mut State) -> T) -> Result<T, BrokerError> {
        if let Some(seen) = self.known(&look) {
            return Ok(seen);
        }
        self.begin_cover().await?;
        self.known(&look).ok_or_else(|| BrokerError::Unreachable {
            reason: format!("the order of `{}` was made anew meanwhile", self.topic),
        })
    }

    /// Takes up what was read of the log.
    pub(super) fn begin(&self, start: u64, steps: Steps) {
        let life = self.pace().new_life();
        *self.lock() = Some(State { life, start, steps });
        self.tell();
    }

    /// Forgets what was read: the log is another one.
    pub(super) fn forget(&self) {
        *self.lock() = None;
    }

    /// Wakes those who wait for a newer step.
    pub(super) fn tell(&self) {
        let at = self.known(|state| state.steps.last().map_or(0, |last| last.at + 1));
        let at = at.unwrap_or(0);
        self.newest.send_if_modified(|newest| std::mem::replace(newest, at) != at);
    }

    pub(super) fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest step.
    pub(super) fn last(&self) -> Option<Arc<Step>> {
        self.known(|state| state.steps.last().cloned()).flatten()
    }

    /// True while new entries come by themselves to those who wait.
    pub fn is_followed(&self) -> bool {
        self.is_followed.load(Ordering::Acquire)
    }
}
