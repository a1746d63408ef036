//! The login of one session.

use std::sync::Arc;

use tokio::sync::watch;

use super::entry::{Entry, Granted, State};
use crate::{
    message::{Grant, Rejection},
    pipeline::login_unavailable,
};

/// The login of one session. Holding it keeps the credentials refreshed.
#[derive(Clone, Debug)]
pub struct Login {
    granted: Arc<Granted>,
    state: watch::Receiver<State>,
    entry: Arc<Entry>,
}

impl Login {
    pub(super) fn new(
        granted: Arc<Granted>,
        state: watch::Receiver<State>,
        entry: Arc<Entry>,
    ) -> Self {
        Self { granted, state, entry }
    }

    /// What the client may do.
    pub fn grant(&self) -> &Grant {
        &self.granted.grant
    }

    /// True if there is a new answer since the last [`Login::update`]. Cheap: one atomic load.
    pub fn has_changed(&self) -> bool {
        self.state.has_changed().unwrap_or(false)
    }

    /// Waits for a new answer; [`Login::has_changed`] stays true until the update. The future may
    /// be dropped and made again.
    pub async fn changed(&mut self) {
        // Cannot fail: the entry in hand holds the sender.
        let _ = self.state.changed().await;
        self.state.mark_changed();
    }

    /// Takes the newest answer; true if the grant has changed.
    ///
    /// # Errors
    /// The login is no longer valid; the text says why.
    pub fn update(&mut self) -> Result<bool, Rejection> {
        match self.state.borrow_and_update().clone() {
            State::Granted(granted) => {
                let is_other = granted.grant != self.granted.grant;
                self.granted = granted;
                Ok(is_other)
            }
            State::Refused(refusal) => Err(refusal.rejection()),
            State::Closed => Err(login_unavailable()),
            // The entry was idle; the present grant is used until the next answer.
            State::Unknown => {
                self.entry.wake.notify_one();
                Ok(false)
            }
        }
    }
}
