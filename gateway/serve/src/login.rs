//! A cache of logins: the authenticators are asked once for all clients with the same credentials.
//!
//! A grant is refreshed in the background before it ends, and when the authenticators change.
//! Sessions hold a [`Login`], which is notified of a new answer. Nothing here knows plugins or
//! commands.

use std::{collections::hash_map, sync::Arc};

use tokio::{sync::watch, time::timeout};

use crate::{
    clock::Clock,
    message::{Credentials, Rejection},
    pipeline::login_unavailable,
    telemetry::Counters,
};

mod authority;
mod credentials_hash;
mod entry;
mod handle;
mod refresher;
mod shared;
#[cfg(test)]
mod tests;

pub use authority::{Authority, DecisionFuture};
pub use handle::Login;

use credentials_hash::{CredentialsHash, Salt};
use entry::{Entry, State};
use shared::Shared;

/// Most credentials in the cache. Beyond it a login is not shared: it works, and costs a call of the
/// authenticators.
const ENTRIES_MAX: usize = 20_000;

/// The logins of all clients, and those that were used recently.
#[derive(Debug)]
pub struct LoginCache {
    shared: Arc<Shared>,
    salt: Salt,
    /// For clients that need not log in.
    open: Arc<Entry>,
}

/// How many logins of one authenticator are in the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoginStats {
    /// Credentials with a grant.
    pub granted: u64,
    /// Those of them whose grant is the last good one, because the authenticator is unavailable.
    pub stale: u64,
}

/// Whether a login may use an entry that others use too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sharing {
    Shared,
    Alone,
}

/// The entry of some credentials, found or made.
struct Lookup {
    key: CredentialsHash,
    entry: Arc<Entry>,
    state: watch::Receiver<State>,
    /// Made for this login: the answer is for its connection.
    is_new: bool,
}

impl LoginCache {
    /// An empty cache.
    pub fn new(authority: Arc<dyn Authority>, counters: Arc<Counters>, clock: Clock) -> Arc<Self> {
        let open = Entry::open(!authority.authenticates());
        let shared = Shared::new(authority, counters, clock);
        Arc::new(Self { shared, salt: Salt::default(), open: Arc::new(open) })
    }

    /// What these credentials allow; asks the authenticators only if the cache has no answer.
    ///
    /// If the client disconnects, the call goes on as long as others wait for the same answer.
    ///
    /// # Errors
    /// The error reply to send; the same for an unknown user and a wrong secret.
    pub async fn log_in(self: &Arc<Self>, credentials: Credentials) -> Result<Login, Rejection> {
        let answer = timeout(self.shared.authority.login_timeout(), self.find(credentials)).await;
        let answer = answer.unwrap_or_else(|_| Err(login_unavailable()));
        match &answer {
            Ok(_) => self.shared.counters.logins_accepted.add(1),
            Err(_) => self.shared.counters.logins_denied.add(1),
        }
        answer
    }

    /// The login of a client that need not log in; `None` where an authenticator is in force.
    pub fn open(&self) -> Option<Login> {
        let mut state = self.open.state.subscribe();
        let State::Granted(granted) = state.borrow_and_update().clone() else { return None };
        Some(Login::new(granted, state, Arc::clone(&self.open)))
    }

    /// The authenticators have changed: refreshes all logins.
    pub fn refresh_all(&self) {
        self.shared.version.send_modify(|version| *version += 1);
        self.open.set_open(!self.shared.authority.authenticates());
    }

    /// The logins of the authenticator of this name, or of all.
    pub fn stats(&self, authenticator: Option<&str>) -> LoginStats {
        let mut stats = LoginStats::default();
        for entry in self.shared.entries().values() {
            let State::Granted(granted) = &*entry.state.borrow() else { continue };
            if authenticator.is_none_or(|name| name == &*granted.by) {
                stats.granted += 1;
                stats.stale += u64::from(entry.is_stale());
            }
        }
        stats
    }

    async fn find(self: &Arc<Self>, credentials: Credentials) -> Result<Login, Rejection> {
        let mut sharing = Sharing::Shared;
        loop {
            let Lookup { key, entry, mut state, is_new } = self.entry(&credentials, sharing);
            let answer = loop {
                let version = *self.shared.version.borrow();
                match state.borrow_and_update().clone() {
                    State::Granted(granted) if granted.version >= version => {
                        break Some(Ok(granted));
                    }
                    State::Refused(refusal) if refusal.version >= version => {
                        break Some(Err(refusal));
                    }
                    State::Refused(_) | State::Closed => break None,
                    State::Granted(_) | State::Unknown => entry.wake.notify_one(),
                }
                // Cannot fail: the entry in hand holds the sender.
                let _ = state.changed().await;
            };
            match answer {
                // An answer for another connection only is no answer for this one.
                Some(Ok(granted)) if !granted.is_shared() && !is_new => {
                    sharing = Sharing::Alone;
                }
                Some(Ok(granted)) => return Ok(Login::new(granted, state, entry)),
                Some(Err(refusal)) => return Err(refusal.rejection()),
                None => self.shared.forget(key, &entry),
            }
        }
    }

    /// The entry of these credentials; made, with a task that refreshes it, if there is none. The
    /// receiver in the answer keeps it in the cache.
    fn entry(self: &Arc<Self>, credentials: &Credentials, sharing: Sharing) -> Lookup {
        let key = self.salt.hash(credentials);
        let alone = || Arc::new(Entry::new(credentials.clone()));
        let mut entries = self.shared.entries();
        let is_full = entries.len() >= ENTRIES_MAX;
        let entry = match entries.entry(key) {
            hash_map::Entry::Occupied(known) if sharing == Sharing::Shared => {
                let entry = Arc::clone(known.get());
                return Lookup { key, state: entry.state.subscribe(), entry, is_new: false };
            }
            hash_map::Entry::Vacant(place) if sharing == Sharing::Shared && !is_full => {
                Arc::clone(place.insert(alone()))
            }
            _ => alone(),
        };
        drop(entries);
        let state = entry.state.subscribe();
        tokio::spawn(refresher::refresh(Arc::clone(&self.shared), key, Arc::clone(&entry)));
        Lookup { key, entry, state, is_new: true }
    }
}
