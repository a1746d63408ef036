//! Log lines that could come with every message, and may come once in a while.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// Lets one through in each period, and knows how many it held back.
#[derive(Debug)]
pub struct Occasionally {
    began: Instant,
    period: Duration,
    /// Milliseconds after `began` at which the next one may come.
    next: AtomicU64,
    held: AtomicU64,
}

impl Occasionally {
    /// Lets the first one through at once.
    pub fn new(period: Duration) -> Self {
        let (next, held) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { began: Instant::now(), period, next, held }
    }

    /// How many were held back since the last one, if this one may come.
    pub fn may(&self) -> Option<u64> {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let now = millis(self.began.elapsed());
        let next = self.next.load(Ordering::Relaxed);
        let then = now + millis(self.period);
        let won = now >= next
            && self.next.compare_exchange(next, then, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if won {
            return Some(self.held.swap(0, Ordering::Relaxed));
        }
        self.held.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_and_the_rest_is_counted() {
        let lines = Occasionally::new(Duration::from_hours(1));

        assert_eq!(lines.may(), Some(0));
        assert_eq!(lines.may(), None);
        assert_eq!(lines.held.load(Ordering::Relaxed), 1);
    }
}
