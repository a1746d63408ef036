//! Who is logged in: grants that are asked for once and shared by all who sent the same credentials.
//!
//! A grant is asked for when the first client sends its credentials, and asked for again in the
//! background before it ends and when the authenticators change. Sessions hold a [`Login`], which
//! tells when the answer has become another one. Nothing here knows plugins or commands.

use std::{
    collections::{BTreeSet, HashMap, hash_map},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, time::timeout};

use crate::{
    clock::Clock,
    message::{Credentials, Grant, Rejection},
    pipeline::login_unavailable,
    telemetry::Counters,
};

mod authority;
mod entry;
mod keeper;
mod key;
#[cfg(test)]
mod tests;

pub use authority::{Authority, DecisionFuture};

use entry::{Entry, Granted, State};
use key::{Key, Salt};

/// Most credentials that are remembered at once. Beyond it a login is asked for alone and shared
/// with nobody: it works, and costs its own question.
const ENTRIES_MAX: usize = 20_000;

/// Everyone who is logged in, or was a while ago.
#[derive(Debug)]
pub struct Logins {
    authority: Arc<dyn Authority>,
    counters: Arc<Counters>,
    clock: Clock,
    salt: Salt,
    /// Held for one look or change, never across an await.
    entries: Mutex<HashMap<Key, Arc<Entry>>>,
    /// Authenticators that cannot answer now.
    away: Mutex<BTreeSet<Arc<str>>>,
    /// Grows when the authenticators change: answers from before are asked for again.
    version: watch::Sender<u64>,
    /// What clients are that need not log in.
    open: Arc<Entry>,
}

/// How many logins of one authenticator there are now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoginStats {
    /// Credentials with a grant.
    pub granted: u64,
    /// Those among them whose grant is the last good one, because the authenticator is away.
    pub stale: u64,
}

/// One client's login, as long as it holds.
#[derive(Clone, Debug)]
pub struct Login {
    granted: Arc<Granted>,
    state: watch::Receiver<State>,
    entry: Arc<Entry>,
}

/// The entry of some credentials, and an ear on it.
struct Found {
    key: Key,
    entry: Arc<Entry>,
    state: watch::Receiver<State>,
    /// Made for this login: the answer is about its connection.
    is_new: bool,
}

impl Logins {
    /// Nobody is logged in yet.
    pub fn new(authority: Arc<dyn Authority>, counters: Arc<Counters>, clock: Clock) -> Arc<Self> {
        let open = Entry::open(!authority.authenticates());
        Arc::new(Self {
            authority,
            counters,
            clock,
            salt: Salt::default(),
            entries: Mutex::default(),
            away: Mutex::default(),
            version: watch::Sender::new(0),
            open: Arc::new(open),
        })
    }

    /// Finds out what these credentials allow; asks the authenticators only if that is not known.
    ///
    /// The question goes on if the client gives up while others wait for the same answer.
    ///
    /// # Errors
    /// The refusal to send; the same for an unknown user and a wrong secret.
    pub async fn log_in(self: &Arc<Self>, credentials: Credentials) -> Result<Login, Rejection> {
        let answer = timeout(self.authority.patience(), self.find(credentials)).await;
        let answer = answer.unwrap_or_else(|_| Err(login_unavailable()));
        match &answer {
            Ok(_) => self.counters.logins_accepted.add(1),
            Err(_) => self.counters.logins_denied.add(1),
        }
        answer
    }

    /// The login of a client that need not log in; `None` where an authenticator is in force.
    pub fn open(&self) -> Option<Login> {
        let mut state = self.open.state.subscribe();
        let State::Granted(granted) = state.borrow_and_update().clone() else { return None };
        Some(Login { granted, state, entry: Arc::clone(&self.open) })
    }

    /// The authenticators have changed: whoever is logged in is asked about again.
    pub fn look_again(&self) {
        self.version.send_modify(|version| *version += 1);
        self.open.set_open(!self.authority.authenticates());
    }

    /// Credentials with a grant of the authenticator of this name, or of any.
    pub fn stats(&self, authenticator: Option<&str>) -> LoginStats {
        let mut stats = LoginStats::default();
        for entry in self.entries().values() {
            let State::Granted(granted) = &*entry.state.borrow() else { continue };
            if authenticator.is_none_or(|name| name == &*granted.by) {
                stats.granted += 1;
                stats.stale += u64::from(entry.is_stale());
            }
        }
        stats
    }

    async fn find(self: &Arc<Self>, credentials: Credentials) -> Result<Login, Rejection> {
        let mut share = true;
        loop {
            let Found { key, entry, mut state, is_new } = self.entry(&credentials, share);
            let answer = loop {
                let version = *self.version.borrow();
                match state.borrow_and_update().clone() {
                    State::Granted(granted) if granted.version >= version => {
                        break Some(Ok(granted));
                    }
                    State::Refused(refusal) if refusal.version >= version => {
                        break Some(Err(refusal));
                    }
                    State::Refused(_) | State::Gone => break None,
                    State::Granted(_) | State::Unknown => entry.wake.notify_one(),
                }
                // Cannot fail: the entry in hand holds the sender.
                let _ = state.changed().await;
            };
            match answer {
                // An answer that was meant for another connection is no answer for this one.
                Some(Ok(granted)) if !granted.is_shared() && !is_new => share = false,
                Some(Ok(granted)) => return Ok(Login { granted, state, entry }),
                Some(Err(refusal)) => return Err(refusal.rejection()),
                None => self.forget(key, &entry),
            }
        }
    }

    /// The entry of these credentials, made and looked after from now on if there is none; being
    /// listened to, it stays.
    fn entry(self: &Arc<Self>, credentials: &Credentials, share: bool) -> Found {
        let key = self.salt.key(credentials);
        let alone = || Arc::new(Entry::new(credentials.clone()));
        let mut entries = self.entries();
        let is_full = entries.len() >= ENTRIES_MAX;
        let entry = match entries.entry(key) {
            hash_map::Entry::Occupied(known) if share => {
                let entry = Arc::clone(known.get());
                return Found { key, state: entry.state.subscribe(), entry, is_new: false };
            }
            hash_map::Entry::Vacant(place) if share && !is_full => {
                Arc::clone(place.insert(alone()))
            }
            _ => alone(),
        };
        drop(entries);
        let state = entry.state.subscribe();
        tokio::spawn(keeper::keep(Arc::clone(self), key, Arc::clone(&entry)));
        Found { key, entry, state, is_new: true }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Key, Arc<Entry>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an entry off the list, if it is still this one.
    fn forget(&self, key: Key, entry: &Arc<Entry>) {
        let mut entries = self.entries();
        if entries.get(&key).is_some_and(|known| Arc::ptr_eq(known, entry)) {
            entries.remove(&key);
        }
    }

    /// Says once that an authenticator cannot answer.
    fn note_away(&self, authenticator: &Arc<str>, why: &str) {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        if away.insert(Arc::clone(authenticator)) {
            tracing::warn!(plugin = &**authenticator, error = why, "authenticator unavailable");
        }
    }

    /// Says once that it answers again.
    fn note_back(&self, authenticator: &Arc<str>) {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        if away.remove(authenticator) {
            tracing::info!(plugin = &**authenticator, "authenticator available again");
        }
    }
}

impl Login {
    /// What the client may do.
    pub fn grant(&self) -> &Grant {
        &self.granted.grant
    }

    /// Has another answer come since the last [`Login::update`]? Costs next to nothing.
    pub fn has_changed(&self) -> bool {
        self.state.has_changed().unwrap_or(false)
    }

    /// Waits for another answer, which [`Login::has_changed`] goes on telling of. May be dropped
    /// and called again.
    pub async fn changed(&mut self) {
        // Cannot fail: the entry in hand holds the sender.
        let _ = self.state.changed().await;
        self.state.mark_changed();
    }

    /// Takes up the newest answer; true if the grant is another one now.
    ///
    /// # Errors
    /// The login does not hold any more; the text is why.
    pub fn update(&mut self) -> Result<bool, Rejection> {
        match self.state.borrow_and_update().clone() {
            State::Granted(granted) => {
                let is_other = granted.grant != self.granted.grant;
                self.granted = granted;
                Ok(is_other)
            }
            State::Refused(refusal) => Err(refusal.rejection()),
            State::Gone => Err(login_unavailable()),
            // Nobody was thought to be here; the answer in hand serves until the next one.
            State::Unknown => {
                self.entry.wake.notify_one();
                Ok(false)
            }
        }
    }
}

/// Between the first part and all of `time`, so that logins of one moment do not all end in one.
fn spread(time: Duration, clock: Clock) -> Duration {
    const FIRST_PART: f64 = 0.75;
    const REST: f64 = 0.15;
    let part = if clock.leaves_to_chance() { key::random_part() } else { 0.0 };
    time.mul_f64(FIRST_PART + REST * part)
}
