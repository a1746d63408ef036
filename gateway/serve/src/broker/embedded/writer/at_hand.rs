//! The writer without its thread: in memory there is nothing to wait for, so whoever hands over a
//! job does it too, with whatever else waits.
//!
//! That saves a change of threads for each publish; and a runtime whose clock is paused would take
//! waiting for another thread for idleness, and let time jump.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

use super::{Ended, FailOnPanic, Running};
use crate::broker::embedded::queue::Answer;

/// The writer of a log in memory, until the log is closed. Empty for a log in a folder.
///
/// It holds the log's shared part, of which it is a part itself: closing the log takes it out.
#[derive(Debug, Default)]
pub(in crate::broker::embedded) struct AtHand(Mutex<Option<Box<Idle>>>);

#[derive(Debug)]
struct Idle {
    running: Running,
    ended: watch::Sender<Option<Answer<()>>>,
}

impl Running {
    /// Does what waits, and what that brings about; how it ended, if the log has been closed.
    fn run_what_waits(&mut self) -> Option<Answer<()>> {
        loop {
            match self.run_group(Duration::ZERO) {
                Ok(Some(0)) if self.sealed.is_empty() => return None,
                Ok(Some(_)) => {}
                Ok(None) => return Some(Ok(())),
                Err(failure) => return Some(Err(self.fail(&failure))),
            }
        }
    }
}

impl AtHand {
    pub(super) fn put(&self, running: Running) -> Ended {
        let (ended, receiver) = watch::channel(None);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Box::new(Idle { running, ended }));
        receiver
    }

    /// Does what waits in the queue, here and now.
    pub(in crate::broker::embedded) fn work(&self) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Idle { running, .. }) = idle.as_deref_mut() else { return };
        let shared = Arc::clone(&running.writer.shared);
        let _guard = FailOnPanic(&shared);
        let Some(outcome) = running.run_what_waits() else { return };
        if let Some(Idle { running, ended }) = idle.take().map(|idle| *idle) {
            drop(running);
            ended.send_replace(Some(outcome));
        }
    }
}
