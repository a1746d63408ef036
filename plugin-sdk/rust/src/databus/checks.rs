//! The checks of a login, in their order.

use serde::Deserialize;

use super::{Account, Dsn};
use crate::{
    Credentials, Denial, Grant,
    secret::{Plain, Secret, is_same},
};

/// Whom clients that give no name are taken for, and whose password may be a DSN.
pub const DEFAULT_USER: &str = "default";

/// What every login is checked with, besides its account.
#[derive(Clone, Debug)]
pub struct Checks<S> {
    /// Clusters that accounts may name; any if empty.
    clusters: Vec<String>,
    /// What a stranger's secret is compared with, so that it takes as long as an account's.
    stand_in: S,
    /// May a group log in with its app secret for a password?
    plain_logins: bool,
}

impl Checks<Plain> {
    /// For accounts from a store. Without `plain_logins` only DSNs are this plugin's, so that
    /// another authenticator may have users with passwords.
    pub fn for_store(clusters: Vec<String>, plain_logins: bool) -> Self {
        Self { clusters, stand_in: Plain::new(""), plain_logins }
    }
}

impl<S: Secret> Checks<S> {
    /// `stand_in` stands in for the secret of a group that there is not; it opens nothing.
    pub const fn new(clusters: Vec<String>, stand_in: S) -> Self {
        Self { clusters, stand_in, plain_logins: true }
    }

    /// A whole login against a store in which `find` looks up a group: `default` with a DSN, and
    /// any other user as a group with its app secret for a password.
    ///
    /// # Errors
    /// `NotMine` for `default` without a DSN, and for others without `plain_logins`; what `find` answers; else as [`dsn`](Self::dsn) and
    /// [`group`](Self::group).
    pub fn login(
        &self,
        login: &Credentials,
        find: impl FnOnce(&str) -> Result<Option<Account<S>>, Denial>,
    ) -> Result<Grant, Denial> {
        if login.username != DEFAULT_USER && self.plain_logins {
            return self.group(&login.username, &login.secret, find(&login.username)?.as_ref());
        }
        if login.username != DEFAULT_USER || !Dsn::is_meant(&login.secret) {
            return Err(Denial::NotMine);
        }
        let dsn = Dsn::parse(&login.secret)?;
        self.dsn(&dsn, find(dsn.group)?.as_ref())
    }

    /// Group, topic, key, secret, role, cluster: in this order, and up to the secret with one
    /// answer and in one time, so that a stranger learns nothing of what exists.
    ///
    /// # Errors
    /// `auth failed` up to the secret, then `no publish permission`, `no subscribe permission`,
    /// `cluster not exist`.
    pub fn dsn(&self, dsn: &Dsn<'_>, account: Option<&Account<S>>) -> Result<Grant, Denial> {
        let expected = |word: fn(&Account<S>) -> &str| account.map_or("", word);
        let is_group = is_same(expected(|account| &account.group), dsn.group);
        let is_topic = is_same(expected(|account| &account.topic), dsn.topic);
        let is_key = is_same(expected(|account| &account.key), dsn.key);
        let is_secret = self.is_secret(account, dsn.secret);
        let account = account.filter(|_| is_group & is_topic & is_key & is_secret);
        let account = account.ok_or_else(Denial::wrong_login)?;
        let grant = dsn.grant(account)?;
        self.in_known_cluster(grant)
    }

    /// A client that does not speak the dialect: the group for a user, its app secret for a
    /// password, and whatever the account may do.
    ///
    /// # Errors
    /// `auth failed`, and `cluster not exist`.
    pub fn group(
        &self,
        group: &str,
        secret: &str,
        account: Option<&Account<S>>,
    ) -> Result<Grant, Denial> {
        let is_group = is_same(account.map_or("", |account| &account.group), group);
        let is_secret = self.is_secret(account, secret);
        let account = account.filter(|_| is_group & is_secret).ok_or_else(Denial::wrong_login)?;
        let only_if = |allowed| if allowed { vec![account.topic.clone()] } else { Vec::new() };
        self.in_known_cluster(Grant {
            publish: only_if(account.publishes),
            consume: only_if(account.consumes),
            cluster: account.cluster.clone(),
            ..Grant::new(group)
        })
    }

    fn is_secret(&self, account: Option<&Account<S>>, guess: &str) -> bool {
        account.map_or(&self.stand_in, |account| &account.secret).is(guess)
    }

    fn in_known_cluster(&self, grant: Grant) -> Result<Grant, Denial> {
        let is_known = |cluster: &String| {
            !cluster.is_empty() && (self.clusters.is_empty() || self.clusters.contains(cluster))
        };
        if grant.cluster.as_ref().is_none_or(is_known) {
            return Ok(grant);
        }
        Err(Denial::unknown_cluster())
    }
}

/// The setting `refresh_secs`: how long the gateway keeps an answer before it asks again.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u32")]
pub struct RefreshSecs(u32);

impl RefreshSecs {
    /// A day: what is wanted longer never changes.
    const LONGEST: u32 = 86_400;

    /// The grant, to be asked about again after that time.
    pub fn applied_to(self, grant: Grant) -> Grant {
        Grant { holds_for_secs: Some(self.0), ..grant }
    }
}

/// A minute.
impl Default for RefreshSecs {
    fn default() -> Self {
        Self(60)
    }
}

impl TryFrom<u32> for RefreshSecs {
    type Error = String;

    fn try_from(secs: u32) -> Result<Self, String> {
        if secs > Self::LONGEST {
            return Err(format!("`refresh_secs` is {secs}: 0 to {} are possible", Self::LONGEST));
        }
        Ok(Self(secs))
    }
}

#[cfg(test)]
mod tests;
