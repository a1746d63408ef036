//! Looks after one pair of credentials: asks, and asks again in time.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep, sleep_until};

use super::{
    Logins,
    entry::{Entry, Granted, Refusal, State},
    key::Key,
    spread,
};
use crate::{
    message::{Credentials, Rejection},
    pipeline::{AuthDecision, login_unavailable},
};

/// How long a refusal is remembered: a client that repeats itself does not reach the store.
const REFUSED_TIME: Duration = Duration::from_secs(1);
/// Larger refused credentials are not remembered: whoever sends many must not fill the memory.
const REFUSED_BYTES_MAX: usize = 1024;
/// Shortest and longest pause between two questions to an authenticator that does not answer.
const RETRY_MIN: Duration = Duration::from_millis(250);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// A grant that ends with its plugin only outlives the plugin's failure for so long.
const GRACE: Duration = Duration::from_mins(1);
/// How long credentials are remembered that nobody uses.
const IDLE_TIME: Duration = Duration::from_hours(1);

/// The last answer that was a grant.
struct LastGood {
    granted: Arc<Granted>,
    /// When the authenticator said so.
    confirmed: Instant,
    /// When it did not answer first, if it does not now.
    failing: Option<Instant>,
}

impl LastGood {
    /// Until when it serves without being confirmed, where the authenticator lets it serve for
    /// `extra` after its last answer.
    fn until(&self, extra: Option<Duration>) -> Instant {
        let own = match self.granted.grant.holds_for {
            Some(time) => self.confirmed + time,
            None => self.failing.unwrap_or(self.confirmed) + GRACE,
        };
        extra.map_or(own, |extra| own.max(self.confirmed + extra))
    }
}

/// What to do after an answer.
enum Step {
    /// Ask again.
    Ask,
    /// There is nothing more to look after.
    End,
}

/// The work on one entry.
struct Keeper {
    logins: Arc<LoginCache>,
    key: Key,
    entry: Arc<Entry>,
    last: Option<LastGood>,
}

/// Asks about the credentials of `entry` for as long as somebody uses them or might again.
pub(super) async fn keep(logins: Arc<LoginCache>, key: Key, entry: Arc<Entry>) {
    let mut keeper = Keeper { logins, key, entry, last: None };
    while let Step::Ask = keeper.ask().await {}
}

/// Whatever ends the work, nobody waits for an answer that cannot come.
impl Drop for Keeper {
    fn drop(&mut self) {
        self.logins.forget(self.key, &self.entry);
        self.entry.leave();
    }
}

impl Keeper {
    async fn ask(&mut self) -> Step {
        let version = *self.logins.version.borrow();
        let entry = Arc::clone(&self.entry);
        self.logins.counters.logins_asked.add(1);
        let decision = tokio::select! {
            decision = self.logins.authority.decide(entry.credentials.clone()) => decision,
            // Whoever asked has left, and nobody else wants to know.
            () = entry.state.closed() => return self.lapse().await,
        };
        match decision {
            AuthDecision::Granted { grant, by } => {
                self.logins.note_back(&by);
                self.granted(Granted { grant, by, version }).await
            }
            AuthDecision::Refused(rejection) => self.refuse(rejection, version).await,
            AuthDecision::Unavailable { by, why, last_good } => {
                self.logins.note_away(&by, &why);
                self.away(last_good, version).await
            }
        }
    }

    async fn granted(&mut self, granted: Granted) -> Step {
        let granted = Arc::new(granted);
        self.entry.set_stale(false);
        self.entry.grant(&granted);
        if !granted.is_shared() {
            return Step::End;
        }
        let holds_for = granted.grant.holds_for;
        let last = LastGood { granted, confirmed: Instant::now(), failing: None };
        self.last = Some(last);
        self.wait(holds_for.map_or(IDLE_TIME, |time| spread(time, self.logins.clock))).await;
        if self.entry.is_used() {
            // A grant without end is asked for again only when the authenticators change.
            while holds_for.is_none() && self.entry.is_used() && !self.is_outdated() {
                self.wait(IDLE_TIME).await;
            }
            return Step::Ask;
        }
        self.lapse().await
    }

    /// Waits, at most until the authenticators change.
    async fn wait(&self, time: Duration) {
        // Before the look: a change between the two must not be missed.
        let mut version = self.logins.version.subscribe();
        if self.is_outdated() {
            return;
        }
        tokio::select! {
            () = sleep(time) => {}
            _ = version.changed() => {}
        }
    }

    /// Have the authenticators changed since the last good answer?
    fn is_outdated(&self) -> bool {
        let version = *self.logins.version.borrow();
        self.last.as_ref().is_some_and(|last| last.granted.version < version)
    }

    /// Nobody uses the credentials: the next login is asked about, with the last good answer in
    /// reserve for as long as one may serve.
    async fn lapse(&mut self) -> Step {
        let Some(last) = &self.last else { return Step::End };
        self.entry.state.send_replace(State::Unknown);
        let until = last.confirmed.max(Instant::now()) + IDLE_TIME;
        loop {
            tokio::select! {
                () = self.entry.wake.notified() => {}
                () = sleep_until(until) => return Step::End,
            }
            if self.entry.is_used() {
                return Step::Ask;
            }
        }
    }

    async fn refuse(&mut self, rejection: Rejection, version: u64) -> Step {
        self.entry.set_stale(false);
        self.entry.state.send_replace(State::Refused(Refusal::new(&rejection, version)));
        let Credentials { username, secret, .. } = &self.entry.credentials;
        if username.len() + secret.len() <= REFUSED_BYTES_MAX {
            sleep(REFUSED_TIME).await;
        }
        Step::End
    }

    /// The authenticator does not answer: the last good answer serves, as long as it may.
    async fn away(&mut self, last_good: Option<Duration>, version: u64) -> Step {
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
        if self.entry.is_used() { Step::Ask } else { self.lapse().await }
    }
}
