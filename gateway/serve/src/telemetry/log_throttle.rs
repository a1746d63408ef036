//! A limit for log lines that could come with every message.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// Allows one log line in each period, and counts those it suppressed.
#[derive(Debug)]
pub struct LogThrottle {
    began: Instant,
    period: Duration,
    /// Milliseconds after `began` at which the next one may come.
    next: AtomicU64,
    suppressed: AtomicU64,
}

impl LogThrottle {
    /// The first line is allowed at once.
    pub fn new(period: Duration) -> Self {
        let (next, suppressed) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { began: Instant::now(), period, next, suppressed }
    }

    /// `Some` if a line may be written now: how many were suppressed since the last one.
    pub fn allow(&self) -> Option<u64> {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let now = millis(self.began.elapsed());
        let next = self.next.load(Ordering::Relaxed);
        let then = now + millis(self.period);
        let won = now >= next
            && self.next.compare_exchange(next, then, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if won {
            return Some(self.suppressed.swap(0, Ordering::Relaxed));
        }
        self.suppressed.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_allowed_and_the_rest_is_counted() {
        let lines = LogThrottle::new(Duration::from_hours(1));

        assert_eq!(lines.allow(), Some(0));
        assert_eq!(lines.allow(), None);
        assert_eq!(lines.suppressed.load(Ordering::Relaxed), 1);
    }
}
