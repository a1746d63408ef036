//! One pair of credentials, and what is known about it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Notify, watch};

use crate::message::{Credentials, ErrorCode, Grant, Rejection};

/// One pair of credentials. Sessions that sent them hold a receiver of `state`.
#[derive(Debug)]
pub(super) struct Entry {
    /// For asking again. Never shown.
    pub(super) credentials: Credentials,
    pub(super) state: watch::Sender<State>,
    /// Rung by whoever needs an answer while nothing is known.
    pub(super) wake: Notify,
    stale: AtomicBool,
}

/// What is known.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// Nothing yet, or not any more.
    Unknown,
    Granted(Arc<Granted>),
    Refused(Refusal),
    /// Nobody looks after it any more: whoever needs an answer makes another entry.
    Gone,
}

/// A grant, who gave it, and when in the history of authenticators.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Granted {
    pub(super) grant: Grant,
    pub(super) by: Arc<str>,
    pub(super) version: u64,
}

impl Granted {
    /// A grant of no time is for the one connection that asked.
    pub(super) fn is_shared(&self) -> bool {
        self.grant.holds_for != Some(Duration::ZERO)
    }
}

/// A refusal that can be given to many.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    rejection: Arc<Rejection>,
    pub(super) version: u64,
}

impl Refusal {
    pub(super) fn new(rejection: &Rejection, version: u64) -> Self {
        Self { rejection: Arc::new(rejection.repeat()), version }
    }

    pub(super) fn rejection(&self) -> Rejection {
        self.rejection.repeat()
    }
}

impl Entry {
    pub(super) fn new(credentials: Credentials) -> Self {
        let state = watch::Sender::new(State::Unknown);
        Self { credentials, state, wake: Notify::new(), stale: AtomicBool::new(false) }
    }

    /// The entry of clients that need not log in.
    pub(super) fn open(is_open: bool) -> Self {
        let nobody =
            Credentials { username: String::new(), secret: String::new(), peer: String::new() };
        let entry = Self::new(nobody);
        entry.set_open(is_open);
        entry
    }

    /// Opens or closes the gateway to clients without login; tells them only if that is new.
    pub(super) fn set_open(&self, is_open: bool) {
        self.state.send_if_modified(|state| {
            if is_open == matches!(state, State::Granted(_)) {
                return false;
            }
            *state = if is_open {
                let (grant, by) = (Grant::open(), Arc::from(""));
                State::Granted(Arc::new(Granted { grant, by, version: 0 }))
            } else {
                let why = Rejection::new(ErrorCode::NoAuth, "Authentication required.");
                State::Refused(Refusal::new(&why, 0))
            };
            true
        });
    }

    /// Is somebody logged in with this, or waiting to be?
    pub(super) fn is_used(&self) -> bool {
        self.state.receiver_count() > 0
    }

    /// Does the last good grant serve, because nobody can be asked?
    pub(super) fn is_stale(&self) -> bool {
        self.stale.load(Ordering::Relaxed)
    }

    pub(super) fn set_stale(&self, stale: bool) {
        self.stale.store(stale, Ordering::Relaxed);
    }

    /// Nobody looks after it from now on. What holds without being looked after stays.
    pub(super) fn leave(&self) {
        self.state.send_if_modified(|state| {
            let is_left = match state {
                State::Unknown => true,
                State::Granted(granted) => granted.is_shared(),
                State::Refused(_) | State::Gone => false,
            };
            if is_left {
                *state = State::Gone;
            }
            is_left
        });
    }

    /// Puts a grant in force; tells the sessions unless it is just what they have.
    pub(super) fn grant(&self, granted: &Arc<Granted>) {
        self.state.send_if_modified(|state| match state {
            State::Granted(known) if **known == **granted => false,
            _ => {
                *state = State::Granted(Arc::clone(granted));
                true
            }
        });
    }
}
