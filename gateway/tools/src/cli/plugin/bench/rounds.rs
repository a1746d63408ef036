//! The time of one call: the best of several rounds, and how far the others were from it.

use std::time::Duration;

/// Rounds of which the best counts: whatever else the machine does only makes a round longer.
pub(super) const ROUNDS: usize = 8;
/// The measured part of one round.
pub(super) const ROUND: Duration = Duration::from_millis(20);

/// Nanoseconds of one call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Nanoseconds {
    /// In the best round.
    pub(super) best: f64,
    /// In the median round.
    pub(super) median: f64,
}

impl Nanoseconds {
    /// How much longer the median round took than the best, in per cent.
    pub(super) fn noise(self) -> f64 {
        100.0 * (self.median / self.best - 1.0)
    }
}

/// Measures. `chunk` makes so many calls and says how long they took; anything around them is not
/// part of that.
///
/// # Errors
/// The first of `chunk`.
pub(super) fn best_of<E>(
    calls: u32,
    mut chunk: impl FnMut() -> Result<Duration, E>,
) -> Result<Nanoseconds, E> {
    // Caches, branch predictors and the guest's own memory settle.
    let once = round(calls, &mut chunk)?;
    // What waits for stores is not worth eight waits.
    let is_slow = once * f64::from(calls) > 10.0 * ROUND.as_secs_f64() * 1e9;
    let rounds = if is_slow { 1 } else { ROUNDS };
    let mut all = (0..rounds).map(|_| round(calls, &mut chunk)).collect::<Result<Vec<_>, _>>()?;
    all.sort_by(f64::total_cmp);
    Ok(Nanoseconds { best: all[0], median: all[all.len() / 2] })
}

fn round<E>(calls: u32, chunk: &mut impl FnMut() -> Result<Duration, E>) -> Result<f64, E> {
    let (mut took, mut chunks) = (Duration::ZERO, 0_u32);
    while took < ROUND {
        // A clock that stands still must not hold the round for ever.
        took += chunk()?.max(Duration::from_nanos(1));
        chunks += 1;
    }
    Ok(took.as_secs_f64() * 1e9 / f64::from(chunks) / f64::from(calls))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_round_counts() {
        let mut rounds = 0_u32;
        let time = best_of(10, || {
            rounds += 1;
            Ok::<_, ()>(ROUND * (1 + rounds % 3))
        });
        let time = time.unwrap();
        assert!((time.best - 2e6).abs() < 1.0, "{time:?}");
        assert!((time.noise() - 100.0).abs() < 0.1, "{time:?}");
    }

    #[test]
    fn what_is_slow_is_measured_once_and_what_fails_ends() {
        let mut rounds = 0;
        let slow = best_of(1, || {
            rounds += 1;
            Ok::<_, ()>(ROUND * 50)
        });
        assert!(slow.is_ok() && rounds == 2);
        assert_eq!(best_of(1, || Err("trap")), Err("trap"));
    }
}
