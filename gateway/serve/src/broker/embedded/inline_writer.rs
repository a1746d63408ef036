//! The writer of a log in memory: it runs on the thread of the caller that hands over a job, since
//! there is no disk to wait for.
//!
//! That saves a change of threads for each publish. It also keeps a paused clock right: tokio takes
//! a wait for another thread for idleness and would let time jump.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

use super::{
    queue::Answer,
    writer::{FailOnPanic, Writer, WriterEnd},
};

/// The writer until the log is closed; `None` afterwards.
#[derive(Debug)]
pub(super) struct InlineWriter(Mutex<Option<Idle>>);

#[derive(Debug)]
struct Idle {
    writer: Box<Writer>,
    ended: watch::Sender<Option<Answer<()>>>,
}

impl InlineWriter {
    pub(super) fn new(writer: Writer) -> (Self, WriterEnd) {
        let (ended, receiver) = watch::channel(None);
        (Self(Mutex::new(Some(Idle { writer: Box::new(writer), ended }))), receiver)
    }

    /// Does all jobs in the queue before it returns.
    pub(super) fn run_pending(&self) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Idle { writer, .. }) = idle.as_mut() else { return };
        let log = writer.log();
        let _guard = FailOnPanic(&log);
        let Some(outcome) = run_pending(writer) else { return };
        if let Some(Idle { writer, ended }) = idle.take() {
            drop(writer);
            ended.send_replace(Some(outcome));
        }
    }
}

/// Does all jobs in the queue and the retention that they cause. Returns how the writer ended, if
/// the log has been closed.
fn run_pending(writer: &mut Writer) -> Option<Answer<()>> {
    loop {
        match writer.run_group(Duration::ZERO) {
            Ok(Some(0)) if !writer.has_sealed() => return None,
            Ok(Some(_)) => {}
            Ok(None) => return Some(Ok(())),
            Err(failure) => return Some(Err(writer.fail(&failure))),
        }
    }
}
