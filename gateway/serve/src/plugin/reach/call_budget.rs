//! How often and how long one call of a guest may ask stores.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, sync::OwnedSemaphorePermit, time::timeout};

use super::ReachError;
use crate::plugin::limits::{HOST_CALLS_MAX, REACH_ANSWER_MARGIN};

/// Held by an instance while it runs a call that may wait for stores.
#[derive(Debug)]
pub(in crate::plugin) struct StoreCallBudget {
    /// Where the waiting is done. Taken along, because a guest that expects WASI may run on a thread
    /// that knows no runtime.
    runtime: Handle,
    /// The end of the whole call.
    until: Instant,
    calls: u32,
    /// The right to compute, given back while the call waits: others may compute then.
    turn: Option<OwnedSemaphorePermit>,
}

impl StoreCallBudget {
    /// For a call of the guest that begins now, on a thread that may block.
    pub(in crate::plugin) fn new(
        runtime: Handle,
        limit: Duration,
        turn: Option<OwnedSemaphorePermit>,
    ) -> Self {
        Self { runtime, until: Instant::now() + limit, calls: 0, turn }
    }

    /// Counts one call to a store.
    pub(in crate::plugin) fn count(&mut self) -> Result<(), ReachError> {
        self.calls += 1;
        if self.calls <= HOST_CALLS_MAX {
            return Ok(());
        }
        let words = format!("one login may ask stores {HOST_CALLS_MAX} times: ask for less");
        Err(ReachError::Denied(words))
    }

    /// Waits for a store on this thread.
    pub(in crate::plugin) fn wait<T>(
        &mut self,
        most: Duration,
        work: impl Future<Output = Result<T, ReachError>>,
    ) -> Result<T, ReachError> {
        let limit = wait_limit(most, self.until.saturating_duration_since(Instant::now()));
        if limit.is_zero() {
            let words = "the login has no time left to wait: see `authenticate_deadline_ms`";
            return Err(ReachError::Unavailable(words.into()));
        }
        // Not taken again: what follows an answer is short, and waiting for a turn could cost the
        // call its deadline.
        self.turn = None;
        let answer = self.runtime.block_on(async { timeout(limit, work).await });
        answer.unwrap_or_else(|_| {
            let words = format!("no answer within {} ms", limit.as_millis());
            Err(ReachError::Unavailable(words))
        })
    }
}

/// How long one call may wait: the guest keeps some time to handle the answer.
fn wait_limit(timeout: Duration, left: Duration) -> Duration {
    timeout.min(left.saturating_sub(REACH_ANSWER_MARGIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_leaves_the_guest_time_to_answer() {
        let ms = Duration::from_millis;
        assert_eq!(wait_limit(ms(1000), ms(2000)), ms(1000));
        assert_eq!(wait_limit(ms(1000), ms(900)), ms(800));
        assert_eq!(wait_limit(ms(1000), ms(50)), ms(0));
    }
}
