//! What time it is: this machine's, or that of a conversation that is played.
//!
//! Whoever needs the date asks a clock and not the system, so that a played conversation has the
//! same times in it whenever it is played. How long something takes is not asked here: tokio's
//! instants follow a paused runtime by themselves.

use std::time::{Duration, UNIX_EPOCH};

use tokio::time::Instant;

/// When every conversation begins: 2026-01-01T00:00:00Z, in Unix milliseconds.
pub const PLAYED_FROM_MS: i64 = 1_767_225_600_000;

/// Where the date comes from.
#[derive(Clone, Copy, Debug, Default)]
pub enum Clock {
    /// This machine.
    #[default]
    System,
    /// It was [`PLAYED_FROM_MS`] at this instant; since then as much time has passed as on the
    /// runtime, which may be paused.
    Played {
        /// When the conversation began.
        since: Instant,
    },
}

impl Clock {
    /// A clock that begins now, to be asked on this runtime.
    pub fn played() -> Self {
        Self::Played { since: Instant::now() }
    }

    /// Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        i64::try_from(self.now().as_millis()).unwrap_or(i64::MAX)
    }

    /// Time since 1970, as finely as the clock has it.
    pub fn now(&self) -> Duration {
        match self {
            Self::System => UNIX_EPOCH.elapsed().unwrap_or_default(),
            Self::Played { since } => {
                Duration::from_millis(PLAYED_FROM_MS.unsigned_abs()) + since.elapsed()
            }
        }
    }

    /// Whoever is woken together with others goes on when it is its turn: in a conversation one after
    /// the other, where else whichever thread is first.
    pub async fn take_turn(&self, number: u64) {
        if let Self::Played { .. } = self {
            // In a box: no session of a gateway that serves has to have room for it.
            Box::pin(tokio::time::sleep(Duration::from_millis(number))).await;
        }
    }

    /// Does chance decide what must not happen to all at one moment? Not in a conversation, which
    /// must be the same each time.
    pub fn leaves_to_chance(&self) -> bool {
        matches!(self, Self::System)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_played_clock_follows_the_runtime() {
        let clock = Clock::played();
        assert_eq!(clock.now_ms(), PLAYED_FROM_MS);
        tokio::time::sleep(Duration::from_hours(1)).await;
        assert_eq!(clock.now_ms(), PLAYED_FROM_MS + 3_600_000);
    }

    #[test]
    fn the_system_clock_is_the_machines() {
        assert!(Clock::System.now_ms() > PLAYED_FROM_MS);
    }
}
