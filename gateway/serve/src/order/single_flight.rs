//! Single flight: concurrent callers of the same work share one run of it.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use crate::broker::BrokerError;

/// Work in rounds: callers that come during a round share the next one.
#[derive(Debug)]
pub(super) struct SingleFlight<T> {
    begun: AtomicU64,
    /// Number and result of the round that ended last; held during a round.
    last: Mutex<Option<(u64, Result<T, BrokerError>)>>,
}

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self { begun: AtomicU64::new(0), last: Mutex::new(None) }
    }
}

impl<T: Clone> SingleFlight<T> {
    /// Returns the result of a round that began after this call, and does the work if no other
    /// caller does.
    ///
    /// If the caller that does the work is dropped, the next one does it again.
    pub(super) async fn join(
        &self,
        work: impl AsyncFnOnce() -> Result<T, BrokerError>,
    ) -> Result<T, BrokerError> {
        let seen = self.begun.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        if let Some((number, result)) = &*last
            && *number > seen
        {
            return result.clone();
        }
        let number = self.begun.fetch_add(1, Ordering::AcqRel) + 1;
        let result = work().await;
        *last = Some((number, result.clone()));
        result
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, future::join_all};
    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn all_who_come_during_a_round_share_the_next() {
        let (rounds, done, gate) = (SingleFlight::default(), AtomicU64::new(0), Semaphore::new(0));
        let join = || {
            Box::pin(rounds.join(async || {
                gate.acquire().await.unwrap().forget();
                Ok(done.fetch_add(1, Ordering::SeqCst) + 1)
            }))
        };
        let mut first = join();
        assert!(first.as_mut().now_or_never().is_none(), "its round is under way");
        let mut others: Vec<_> = (0..100).map(|_| join()).collect();
        assert!(others.iter_mut().all(|other| other.as_mut().now_or_never().is_none()));

        gate.add_permits(100);

        let (first, others) = tokio::join!(first, join_all(others));
        assert_eq!(first.unwrap(), 1);
        assert!(others.into_iter().all(|round| round.unwrap() == 2));
        assert_eq!(join().await.unwrap(), 3);
    }

    #[tokio::test]
    async fn a_round_that_was_given_up_is_done_by_the_next() {
        let rounds = SingleFlight::default();
        let mut never = Box::pin(rounds.join(async || std::future::pending().await));
        assert!(never.as_mut().now_or_never().is_none());
        drop(never);

        assert_eq!(rounds.join(async || Ok(2)).await.unwrap(), 2);
    }
}
