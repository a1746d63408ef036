//! The task that refreshes one pair of credentials.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep, sleep_until};

use super::{
    credentials_hash::{self, CredentialsHash},
    entry::{CachedRejection, Entry, Granted, State},
    shared::Shared,
};
use crate::{
    clock::Clock,
    message::{Credentials, Rejection},
    pipeline::{AuthDecision, login_unavailable},
};

/// How long a refusal is cached: a client that retries at once does not reach the store.
const REFUSED_TIME: Duration = Duration::from_secs(1);
/// Larger refused credentials are not cached: a client that sends many must not fill the memory.
const REFUSED_BYTES_MAX: usize = 1024;
/// Shortest and longest pause between two calls of an authenticator that is unavailable.
const RETRY_MIN: Duration = Duration::from_millis(250);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// A grant without a time limit is used for this long while its authenticator is unavailable.
const GRACE: Duration = Duration::from_mins(1);
/// How long unused credentials stay in the cache.
const IDLE_TIME: Duration = Duration::from_hours(1);

/// The last grant.
struct LastGood {
    granted: Arc<Granted>,
    /// When the authenticator last confirmed it.
    confirmed: Instant,
    /// Since when the authenticator is unavailable, if it is.
    failing: Option<Instant>,
}

impl LastGood {
    /// Until when it may be used without a new answer, where the settings of the authenticator allow
    /// `extra` after the last one.
    fn until(&self, extra: Option<Duration>) -> Instant {
        let own = match self.granted.grant.holds_for {
            Some(time) => self.confirmed + time,
            None => self.failing.unwrap_or(self.confirmed) + GRACE,
        };
        extra.map_or(own, |extra| own.max(self.confirmed + extra))
    }
}

/// What to do after an answer.
enum Next {
    /// Ask the authenticators.
    Ask,
    /// Nothing more to refresh.
    End,
}

/// The task of one entry.
struct Refresher {
    shared: Arc<Shared>,
    hash: CredentialsHash,
    entry: Arc<Entry>,
    last: Option<LastGood>,
}

/// Refreshes `entry` as long as it is used, and [`IDLE_TIME`] longer.
pub(super) async fn refresh(shared: Arc<Shared>, hash: CredentialsHash, entry: Arc<Entry>) {
    let mut refresher = Refresher { shared, hash, entry, last: None };
    while let Next::Ask = refresher.ask().await {}
}

/// However the task ends, nobody waits for an answer that cannot come.
impl Drop for Refresher {
    fn drop(&mut self) {
        self.shared.forget(self.hash, &self.entry);
        self.entry.close();
    }
}

impl Refresher {
    async fn ask(&mut self) -> Next {
        let version = *self.shared.version.borrow();
        let entry = Arc::clone(&self.entry);
        self.shared.counters.logins_asked.add(1);
        let decision = tokio::select! {
            decision = self.shared.authority.decide(entry.credentials.clone()) => decision,
            // All clients that waited for the answer have disconnected.
            () = entry.state.closed() => return self.wait_idle().await,
        };
        match decision {
            AuthDecision::Granted { grant, by } => {
                self.shared.note_available(&by);
                self.granted(Granted { grant, by, version }).await
            }
            AuthDecision::Refused(rejection) => self.refuse(rejection, version).await,
            AuthDecision::Unavailable { by, why, last_good } => {
                self.shared.note_unavailable(&by, &why);
                self.unavailable(last_good, version).await
            }
        }
    }

    async fn granted(&mut self, granted: Granted) -> Next {
        let granted = Arc::new(granted);
        self.entry.set_stale(false);
        self.entry.grant(&granted);
        if !granted.is_shared() {
            return Next::End;
        }
        let holds_for = granted.grant.holds_for;
        let last = LastGood { granted, confirmed: Instant::now(), failing: None };
        self.last = Some(last);
        self.wait(holds_for.map_or(IDLE_TIME, |time| refresh_delay(time, self.shared.clock))).await;
        if self.entry.is_used() {
            // A grant without a time limit is refreshed only when the authenticators change.
            while holds_for.is_none() && self.entry.is_used() && !self.is_outdated() {
                self.wait(IDLE_TIME).await;
            }
            return Next::Ask;
        }
        self.wait_idle().await
    }

    /// Waits for `time`, or until the authenticators change.
    async fn wait(&self, time: Duration) {
        // Before the check: a change between the two must not be missed.
        let mut version = self.shared.version.subscribe();
        if self.is_outdated() {
            return;
        }
        tokio::select! {
            () = sleep(time) => {}
            _ = version.changed() => {}
        }
    }

    /// True if the authenticators have changed since the last grant.
    fn is_outdated(&self) -> bool {
        let version = *self.shared.version.borrow();
        self.last.as_ref().is_some_and(|last| last.granted.version < version)
    }

    /// Waits while nobody uses the credentials: the next login asks the authenticators again, and the
    /// last grant stays in reserve.
    async fn wait_idle(&mut self) -> Next {
        let Some(last) = &self.last else { return Next::End };
        self.entry.state.send_replace(State::Unknown);
        let until = last.confirmed.max(Instant::now()) + IDLE_TIME;
        loop {
            tokio::select! {
                () = self.entry.wake.notified() => {}
                () = sleep_until(until) => return Next::End,
            }
            if self.entry.is_used() {
                return Next::Ask;
            }
        }
    }

    async fn refuse(&mut self, rejection: Rejection, version: u64) -> Next {
        self.entry.set_stale(false);
        self.entry.state.send_replace(State::Refused(CachedRejection::new(&rejection, version)));
        let Credentials { username, secret, .. } = &self.entry.credentials;
        if username.len() + secret.len() <= REFUSED_BYTES_MAX {
            sleep(REFUSED_TIME).await;
        }
        Next::End
    }

    /// The authenticator is unavailable: the last grant is used, as long as it may be.
    async fn unavailable(&mut self, last_good: Option<Duration>, version: u64) -> Next {
        let now = Instant::now();
        let Some(last) = &mut self.last else {
            return self.refuse(login_unavailable(), version).await;
        };
        last.failing.get_or_insert(now);
        if last.until(last_good) <= now {
            return self.refuse(login_unavailable(), version).await;
        }
        let (grant, by) = (last.granted.grant.clone(), Arc::clone(&last.granted.by));
        let granted = Arc::new(Granted { grant, by, version });
        last.granted = Arc::clone(&granted);
        let left = last.until(last_good) - now;
        self.entry.set_stale(true);
        self.entry.grant(&granted);
        let holds_for = granted.grant.holds_for.unwrap_or(RETRY_MAX);
        let pause = (holds_for / 4).clamp(RETRY_MIN, RETRY_MAX).min(left);
        self.wait(pause).await;
        if self.entry.is_used() { Next::Ask } else { self.wait_idle().await }
    }
}

/// When to refresh a grant that holds for `time`: after 75 to 90 % of it, so that logins of the same
/// moment are not all refreshed at once.
fn refresh_delay(time: Duration, clock: Clock) -> Duration {
    const FIRST_PART: f64 = 0.75;
    const REST: f64 = 0.15;
    let part = if clock.leaves_to_chance() { credentials_hash::random_part() } else { 0.0 };
    time.mul_f64(FIRST_PART + REST * part)
}
