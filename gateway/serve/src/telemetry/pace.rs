//! How fast counters grow.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Two looks closer together than this see the same pace.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The pace of `N` counters between the last two looks at them; since the start at the first one.
#[derive(Debug)]
pub struct Pace<const N: usize> {
    last: Mutex<Look<N>>,
}

#[derive(Debug)]
struct Look<const N: usize> {
    at: Instant,
    counts: [u64; N],
    a_second: [u64; N],
}

impl<const N: usize> Default for Pace<N> {
    fn default() -> Self {
        let look = Look { at: Instant::now(), counts: [0; N], a_second: [0; N] };
        Self { last: Mutex::new(look) }
    }
}

impl<const N: usize> Pace<N> {
    /// How much each grew a second.
    pub fn look(&self, counts: [u64; N]) -> [u64; N] {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = last.at.elapsed();
        if passed >= LOOK_EVERY {
            let millis = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX);
            let mut a_second = [0; N];
            for (at, pace) in a_second.iter_mut().enumerate() {
                let grown = counts[at].saturating_sub(last.counts[at]);
                *pace = grown.saturating_mul(1_000) / millis;
            }
            *last = Look { at: Instant::now(), counts, a_second };
        }
        last.a_second
    }
}
