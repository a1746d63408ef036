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
    use std::{sync::Arc, time::Duration};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_who_come_during_a_round_share_the_next() {
        let rounds = Arc::new(Rounds::default());
        let done = Arc::new(AtomicU64::new(0));
        let join = || {
            let (rounds, done) = (Arc::clone(&rounds), Arc::clone(&done));
            tokio::spawn(async move {
                let work = async || {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    Ok(done.fetch_add(1, Ordering::SeqCst) + 1)
                };
                rounds.join(work).await
            })
        };
        let first = join();
        tokio::time::sleep(Duration::from_millis(1)).await;
        let others: Vec<_> = (0..100).map(|_| join()).collect();

        assert_eq!(first.await.unwrap().unwrap(), 1);
        for other in others {
            assert_eq!(other.await.unwrap().unwrap(), 2);
        }
        assert_eq!(join().await.unwrap().unwrap(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_that_was_given_up_is_done_by_the_next() {
        let rounds = Arc::new(Rounds::default());
        let slow = rounds.join(async || {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(1)
        });
        assert!(tokio::time::timeout(Duration::from_millis(1), slow).await.is_err());

        assert_eq!(rounds.join(async || Ok(2)).await.unwrap(), 2);
    }
}
