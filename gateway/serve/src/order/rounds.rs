//! One piece of work for all who want it at once.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use crate::broker::BrokerError;

/// Work in rounds: whoever comes while a round is under way shares the next one.
#[derive(Debug)]
pub(super) struct Rounds<T> {
    begun: AtomicU64,
    /// Number and result of the round that ended last; held during a round.
    last: Mutex<Option<(u64, Result<T, BrokerError>)>>,
}

impl<T> Default for Rounds<T> {
    fn default() -> Self {
        Self { begun: AtomicU64::new(0), last: Mutex::new(None) }
    }
}

impl<T: Clone> Rounds<T> {
    /// The result of a round that began after this call; does the work itself if nobody else does.
    ///
    /// A round whose caller is dropped half-way is done again by the next.
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
        let (rounds, done, gate) = (Rounds::default(), AtomicU64::new(0), Semaphore::new(0));
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
        let rounds = Rounds::default();
        let mut never = Box::pin(rounds.join(async || std::future::pending().await));
        assert!(never.as_mut().now_or_never().is_none());
        drop(never);

        assert_eq!(rounds.join(async || Ok(2)).await.unwrap(), 2);
    }
}
