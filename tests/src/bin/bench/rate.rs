//! Rates, measured by turns so that a slow moment of the machine hits everyone.

use std::time::Duration;

use sluicegate_tests::process::Process;

use crate::load::{self, Work};

/// Turns of each contestant.
const TURNS: usize = 3;
/// Length of a turn.
const TURN: Duration = Duration::from_secs(1);
/// Load before the first turn, not measured.
const WARM_UP: Duration = Duration::from_millis(300);

/// A server and what is asked of it.
pub(crate) struct Contestant<'s> {
    /// Where it listens.
    pub(crate) address: &'s str,
    /// Its process.
    pub(crate) process: &'s Process,
    /// The load.
    pub(crate) work: Work,
}

/// Commands over all turns.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rate {
    commands: f64,
    elapsed: f64,
    processor: f64,
}

impl Rate {
    /// Commands a second.
    pub(crate) fn a_second(self) -> f64 {
        self.commands / self.elapsed
    }

    /// Commands a second of the server's processor time.
    pub(crate) fn a_processor_second(self) -> f64 {
        self.commands / self.processor.max(0.01)
    }

    /// The server's processor time for one command, in nanoseconds.
    pub(crate) fn nanoseconds(self) -> f64 {
        1e9 / self.a_processor_second()
    }
}

/// Lets all contestants run by turns.
pub(crate) async fn measure(contestants: &[Contestant<'_>]) -> Vec<Rate> {
    let mut rates = vec![Rate::default(); contestants.len()];
    for contestant in contestants {
        load::run(contestant.address, &contestant.work, WARM_UP).await;
    }
    for _ in 0..TURNS {
        for (contestant, rate) in contestants.iter().zip(&mut rates) {
            let before = contestant.process.processor_time();
            let (commands, elapsed) = load::run(contestant.address, &contestant.work, TURN).await;
            #[allow(clippy::cast_precision_loss, reason = "rates need no 53 bits")]
            let commands = commands as f64;
            rate.commands += commands;
            rate.elapsed += elapsed.as_secs_f64();
            let used = contestant.process.processor_time().saturating_sub(before);
            rate.processor += used.as_secs_f64();
        }
    }
    rates
}
