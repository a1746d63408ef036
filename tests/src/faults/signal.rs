//! What the run tells its clients while they work.

use tokio::sync::watch;

use super::random::Random;

/// Heard by every client.
#[derive(Clone, Debug)]
pub struct Signals {
    stop: watch::Receiver<bool>,
    break_off: watch::Receiver<u64>,
}

/// Held by the run.
#[derive(Debug)]
pub struct Signaller {
    stop: watch::Sender<bool>,
    break_off: watch::Sender<u64>,
}

/// Both ends.
pub fn signals() -> (Signaller, Signals) {
    let (stop, stopped) = watch::channel(false);
    let (break_off, broken_off) = watch::channel(0);
    (Signaller { stop, break_off }, Signals { stop: stopped, break_off: broken_off })
}

impl Signaller {
    /// Ends the clients' work; they finish what they have begun.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Makes half of the clients, drawn by `draw`, break off in the middle of what they do, as if
    /// they were killed.
    pub fn break_off(&self, draw: u64) {
        self.break_off.send_replace(draw | 1);
    }
}

impl Signals {
    /// True once the work is to end.
    pub fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits until the work is to end.
    pub async fn stopped(&mut self) {
        // The sender lives as long as the run; without it the work is over as well.
        let _ = self.stop.wait_for(|stop| *stop).await;
    }

    /// Waits until client `who` is to break off.
    pub async fn broken_off(&mut self, who: u64) {
        while self.break_off.changed().await.is_ok() {
            let draw = *self.break_off.borrow_and_update();
            if Random::new(draw).part(who).once_in(2) {
                return;
            }
        }
        // The run is over, and nobody breaks anything off any more.
        std::future::pending::<()>().await;
    }

    /// Forgets what came while the client did nothing that could break.
    pub fn forget(&mut self) {
        self.break_off.mark_unchanged();
    }
}
