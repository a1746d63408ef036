//! How fast counters grow, as INFO shows it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Samples closer together than this show the same rates.
const SAMPLE_PERIOD: Duration = Duration::from_millis(100);

/// The rates of `N` counters between the last two samples; the first sample covers the time since
/// the start.
#[derive(Debug)]
pub struct RateSampler<const N: usize> {
    last: Mutex<Sample<N>>,
}

#[derive(Debug)]
struct Sample<const N: usize> {
    at: Instant,
    counts: [u64; N],
    per_second: [u64; N],
}

impl<const N: usize> Default for RateSampler<N> {
    fn default() -> Self {
        let sample = Sample { at: Instant::now(), counts: [0; N], per_second: [0; N] };
        Self { last: Mutex::new(sample) }
    }
}

impl<const N: usize> RateSampler<N> {
    /// Takes a sample; returns how much each counter grows per second.
    pub fn sample(&self, counts: [u64; N]) -> [u64; N] {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = last.at.elapsed();
        if passed >= SAMPLE_PERIOD {
            let millis = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX);
            let mut per_second = [0; N];
            for (at, rate) in per_second.iter_mut().enumerate() {
                let grown = counts[at].saturating_sub(last.counts[at]);
                *rate = grown.saturating_mul(1_000) / millis;
            }
            *last = Sample { at: Instant::now(), counts, per_second };
        }
        last.per_second
    }
}
