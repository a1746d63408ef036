//! Who a client is: the authenticators in their order.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sha2::{Digest as _, Sha256};

use super::{Chain, Pipeline};
use crate::{
    message::{Credentials, Denial, ErrorCode, Grant, Rejection, Role},
    plugin::{OnFailure, Plugin},
};

/// What a login hears whose authenticator cannot answer now: neither good nor bad.
pub const LOGIN_UNCHECKED: &str =
    "auth info error: the login cannot be checked now, try again later";
/// How long a grant serves while its authenticator cannot answer (`on_failure = "last-good"`).
const LAST_GOOD_TIME: Duration = Duration::from_hours(1);
/// Most logins that are remembered for that; beyond it none is added until old ones have ended.
const LAST_GOOD_MAX: usize = 10_000;

/// Grants of logins that succeeded, for the time in which an authenticator fails.
///
/// Secrets are not kept: a login is known by a hash of all of it, salted for this process.
#[derive(Debug)]
pub(super) struct LastGood {
    salt: [u8; 16],
    grants: Mutex<HashMap<[u8; 32], (Grant, Instant)>>,
}

impl Default for LastGood {
    fn default() -> Self {
        // The hasher's keys are random; two of them make a salt without another dependency.
        let random = || RandomState::new().hash_one(0u8);
        let salt = (u128::from(random()) << 64 | u128::from(random())).to_le_bytes();
        Self { salt, grants: Mutex::default() }
    }
}

impl LastGood {
    fn key(&self, plugin: &Plugin, login: &Credentials) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(self.salt);
        for part in [plugin.name(), &login.username, &login.secret] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    fn keep(&self, plugin: &Plugin, login: &Credentials, grant: &Grant) {
        let key = self.key(plugin, login);
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        if grants.len() >= LAST_GOOD_MAX {
            grants.retain(|_, (_, since)| since.elapsed() < LAST_GOOD_TIME);
        }
        if grants.len() < LAST_GOOD_MAX {
            grants.insert(key, (grant.clone(), Instant::now()));
        }
    }

    /// After a refusal the login is not good any more.
    fn forget(&self, plugin: &Plugin, login: &Credentials) {
        let key = self.key(plugin, login);
        self.grants.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    fn find(&self, plugin: &Plugin, login: &Credentials) -> Option<Grant> {
        let key = self.key(plugin, login);
        let grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        let (grant, since) = grants.get(&key)?;
        (since.elapsed() < LAST_GOOD_TIME).then(|| grant.clone())
    }
}

impl Pipeline {
    /// Asks the authenticators in their order until one knows the credentials.
    ///
    /// # Errors
    /// The refusal to send; the same for an unknown user and a wrong secret.
    pub async fn authenticate(&self, credentials: Credentials) -> Result<Grant, Rejection> {
        let chain = self.chain();
        let answer = self.ask(&chain, credentials).await;
        match &answer {
            Ok(_) => self.counters.logins_accepted.add(1),
            Err(_) => self.counters.logins_denied.add(1),
        }
        answer
    }

    async fn ask(&self, chain: &Chain, login: Credentials) -> Result<Grant, Rejection> {
        for plugin in chain.plugins().iter().filter(|plugin| plugin.has(Role::Authenticator)) {
            let remembers = plugin.settings().on_failure == OnFailure::LastGood;
            match plugin.authenticate(login.clone()).await {
                Ok(Ok(grant)) => {
                    if remembers {
                        self.last_good.keep(plugin, &login, &grant);
                    }
                    return Ok(grant);
                }
                Ok(Err(Denial::NotMine)) => {}
                Ok(Err(Denial::Refused(rejection))) => {
                    if remembers {
                        self.last_good.forget(plugin, &login);
                    }
                    return Err(rejection);
                }
                Ok(Err(Denial::Unavailable(why))) => {
                    tracing::warn!(
                        plugin = plugin.name(),
                        error = why,
                        "authenticator unavailable"
                    );
                    if let Some(answer) = self.without(plugin, &login) {
                        return answer;
                    }
                }
                Err(error) => {
                    self.counters.plugin_failures.add(1);
                    tracing::warn!(plugin = plugin.name(), %error, "authenticator failed");
                    if let Some(answer) = self.without(plugin, &login) {
                        return answer;
                    }
                }
            }
        }
        let words = "invalid username-password pair or user is disabled.";
        Err(Rejection::new(ErrorCode::WrongPass, words))
    }

    /// What a login gets whose authenticator cannot answer; `None` asks the next one.
    fn without(
        &self,
        plugin: &Arc<Plugin>,
        login: &Credentials,
    ) -> Option<Result<Grant, Rejection>> {
        match plugin.settings().on_failure {
            OnFailure::Bypass => {
                self.counters.plugin_bypasses.add(1);
                None
            }
            OnFailure::LastGood => {
                let found = self.last_good.find(plugin, login);
                if found.is_some() {
                    tracing::warn!(plugin = plugin.name(), "last good grant used");
                }
                Some(found.ok_or_else(unavailable))
            }
            OnFailure::Reject => Some(Err(unavailable())),
        }
    }
}

fn unavailable() -> Rejection {
    Rejection::err(LOGIN_UNCHECKED)
}
