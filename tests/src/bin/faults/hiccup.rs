//! How long this program itself was kept from running: what it measures is no better than that.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time::sleep};

/// Pause between two looks at the clock.
const TICK: Duration = Duration::from_millis(10);

/// Watches until it is dropped.
#[derive(Debug)]
pub(crate) struct Hiccups {
    longest_us: Arc<AtomicU64>,
    _watching: JoinSet<()>,
}

impl Hiccups {
    pub(crate) fn watch() -> Self {
        let longest_us = Arc::new(AtomicU64::new(0));
        let mut watching = JoinSet::new();
        let noted = Arc::clone(&longest_us);
        watching.spawn(async move {
            loop {
                let began = Instant::now();
                sleep(TICK).await;
                let late = began.elapsed().saturating_sub(TICK).as_micros();
                noted.fetch_max(u64::try_from(late).unwrap_or(u64::MAX), Ordering::Relaxed);
            }
        });
        Self { longest_us, _watching: watching }
    }

    /// The longest so far.
    pub(crate) fn longest(&self) -> Duration {
        Duration::from_micros(self.longest_us.load(Ordering::Relaxed))
    }
}
