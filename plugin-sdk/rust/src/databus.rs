//! The databus dialect's login: a DSN in place of a password, a permission looked up by group.
//!
//! A plugin for another store needs one thing only: to find the [`Row`] of a group. Then
//! [`Checks::login`] is the whole login. One and the same answer, [`Denial::wrong_login`], stands for
//! a wrong group, topic, key or secret.

mod account;
mod checks;
mod dsn;
mod integer;

use crate::{Binding, Denial, Grant};

pub use account::{Account, Row, is_topic};
pub use checks::{Checks, DEFAULT_USER, RefreshSecs};
pub use dsn::Dsn;
pub use integer::parse_integer;

impl Denial {
    /// Wrong group, topic, key or secret: the words tell none of them apart.
    pub fn wrong_login() -> Self {
        Self::WrongCredentials("auth failed".to_owned())
    }

    /// The permission names a cluster that there is not.
    pub fn unknown_cluster() -> Self {
        Self::Malformed("cluster not exist".to_owned())
    }
}

impl Dsn<'_> {
    /// What the holder of `account`, whose key and secret were right, is granted.
    ///
    /// # Errors
    /// `NoPermission` if the DSN asks for a role that the account does not include; `Malformed` if
    /// group and colour together are longer than a group may be.
    fn grant<S>(&self, account: &Account<S>) -> Result<Grant, Denial> {
        if self.publishes && !account.publishes {
            return Err(Denial::NoPermission("no publish permission".to_owned()));
        }
        if self.consumes && !account.consumes {
            return Err(Denial::NoPermission("no subscribe permission".to_owned()));
        }
        let group = self.consumer_group();
        if !account::is_word(&group) {
            return Err(Denial::Malformed("invalid dsn params".to_owned()));
        }
        let only_if = |allowed| if allowed { vec![self.topic.to_owned()] } else { Vec::new() };
        Ok(Grant {
            group,
            publish: only_if(self.publishes),
            consume: only_if(self.consumes),
            cluster: account.cluster.clone(),
            binding: Some(self.binding()),
            ..Grant::new(self.key)
        })
    }

    fn binding(&self) -> Binding {
        Binding {
            topic: self.topic.to_owned(),
            publishes: self.publishes,
            consumes: self.consumes,
            color: self.color.to_owned(),
            start_at: self.start_at,
            block_ms: self.block_ms,
            batch: self.batch,
        }
    }

    /// The group of a coloured consumer is its own; permissions are looked up by the plain one.
    fn consumer_group(&self) -> String {
        if self.color.is_empty() {
            self.group.to_owned()
        } else {
            format!("{}-{}", self.group, self.color)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, Dsn};
    use crate::{Denial, Grant, StartAt};

    fn grant(dsn: &str, publishes: bool, consumes: bool) -> Result<Grant, Denial> {
        let dsn = Dsn::parse(dsn).unwrap();
        let (group, topic) = (dsn.group.to_owned(), dsn.topic.to_owned());
        let key = dsn.key.to_owned();
        dsn.grant(&Account { group, topic, publishes, consumes, key, secret: (), cluster: None })
    }

    #[test]
    fn a_coloured_consumer_has_a_group_of_its_own() {
        let grant = grant("k:s@g/topic=t&role=sub&color=red&offset=oldest", true, true).unwrap();
        assert_eq!((grant.group.as_str(), grant.principal.as_str()), ("g-red", "k"));
        assert_eq!((grant.publish.len(), grant.consume), (0, vec!["t".to_owned()]));
        let binding = grant.binding.unwrap();
        assert_eq!((binding.color.as_str(), binding.start_at), ("red", StartAt::Oldest));
    }

    #[test]
    fn a_role_the_account_lacks_is_denied_by_its_name() {
        let denied = |role, publishes, consumes| {
            grant(&format!("k:s@g/topic=t&role={role}"), publishes, consumes).unwrap_err()
        };
        let no = |text: &str| Denial::NoPermission(text.to_owned());
        assert_eq!(denied("pub", false, true), no("no publish permission"));
        assert_eq!(denied("sub", true, false), no("no subscribe permission"));
        assert_eq!(denied("pubsub", true, false), no("no subscribe permission"));
    }

    #[test]
    fn a_colour_that_makes_the_group_too_long_is_refused() {
        let dsn = |length| format!("k:s@gg/topic=t&role=sub&color={}", "c".repeat(length));
        assert!(grant(&dsn(246), true, true).is_ok());
        let refused = Denial::Malformed("invalid dsn params".to_owned());
        assert_eq!(grant(&dsn(247), true, true), Err(refused));
    }
}
