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

/// One pair of credentials. Sessions that use them hold a receiver of `state`.
#[derive(Debug)]
pub(super) struct Entry {
    /// For refreshing. Never shown.
    pub(super) credentials: Credentials,
    pub(super) state: watch::Sender<State>,
    /// Notified by a login that needs an answer while the state is `Unknown`.
    pub(super) wake: Notify,
    stale: AtomicBool,
}

/// The present answer.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// No answer yet, or the entry is idle.
    Unknown,
    Granted(Arc<Granted>),
    Refused(CachedRejection),
    /// No longer refreshed: the next login makes another entry.
    Closed,
}

/// A grant, the authenticator that gave it, and the version of the authenticators.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Granted {
    pub(super) grant: Grant,
    pub(super) by: Arc<str>,
    pub(super) version: u64,
}

impl Granted {
    /// A grant that holds for no time is for one connection only.
    pub(super) fn is_shared(&self) -> bool {
        self.grant.holds_for != Some(Duration::ZERO)
    }
}

/// A rejection for all clients with these credentials.
#[derive(Clone, Debug)]
pub(super) struct CachedRejection {
    rejection: Arc<Rejection>,
    pub(super) version: u64,
}

impl CachedRejection {
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

    /// Opens or closes the gateway to clients without login; notifies them only of a change.
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
                State::Refused(CachedRejection::new(&why, 0))
            };
            true
        });
    }

    /// True if somebody is logged in with this, or waits for it.
    pub(super) fn is_used(&self) -> bool {
        self.state.receiver_count() > 0
    }

    /// True while the last good grant is used, because the authenticator is unavailable.
    pub(super) fn is_stale(&self) -> bool {
        self.stale.load(Ordering::Relaxed)
    }

    pub(super) fn set_stale(&self, stale: bool) {
        self.stale.store(stale, Ordering::Relaxed);
    }

    /// Ends refreshing. An answer that holds without it stays.
    pub(super) fn close(&self) {
        self.state.send_if_modified(|state| {
            let is_closed = match state {
                State::Unknown => true,
                State::Granted(granted) => granted.is_shared(),
                State::Refused(_) | State::Closed => false,
            };
            if is_closed {
                *state = State::Closed;
            }
            is_closed
        });
    }

    /// Sets a grant; notifies the sessions only if it is not what they have.
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
