//! The databus dialect's login: a DSN in place of a password, a permission looked up by group.
//!
//! An authenticator parses the secret with [`Dsn::parse`], looks up the [`Permission`] of the DSN's
//! group and topic, compares key and secret in constant time, and asks [`Dsn::grant`]. One and the
//! same answer, [`Denial::wrong_login`], stands for a wrong group, topic, key or secret.

mod dsn;

use crate::{Binding, Denial, Grant};

pub use dsn::Dsn;

/// What one group may do with one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// May it publish?
    pub publishes: bool,
    /// May it consume?
    pub consumes: bool,
    /// The cluster its traffic goes to; `None`: the gateway's default.
    pub cluster: Option<String>,
}

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
    /// What the holder of `permission`, whose key and secret were right, is granted.
    ///
    /// # Errors
    /// `NoPermission` if the DSN asks for a role that the permission does not include.
    pub fn grant(&self, permission: &Permission) -> Result<Grant, Denial> {
        if self.publishes && !permission.publishes {
            return Err(Denial::NoPermission("no publish permission".to_owned()));
        }
        if self.consumes && !permission.consumes {
            return Err(Denial::NoPermission("no subscribe permission".to_owned()));
        }
        let only_if = |allowed| if allowed { vec![self.topic.to_owned()] } else { Vec::new() };
        Ok(Grant {
            group: self.consumer_group(),
            publish: only_if(self.publishes),
            consume: only_if(self.consumes),
            cluster: permission.cluster.clone(),
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
    use super::{Dsn, Permission};
    use crate::{Denial, StartAt};

    const BOTH: Permission = Permission { publishes: true, consumes: true, cluster: None };

    #[test]
    fn a_coloured_consumer_has_a_group_of_its_own() {
        let dsn = Dsn::parse("k:s@g/topic=t&role=sub&color=red&offset=oldest").unwrap();
        let grant = dsn.grant(&BOTH).unwrap();
        assert_eq!((grant.group.as_str(), grant.principal.as_str()), ("g-red", "k"));
        assert_eq!((grant.publish.len(), grant.consume), (0, vec!["t".to_owned()]));
        let binding = grant.binding.unwrap();
        assert_eq!((binding.color.as_str(), binding.start_at), ("red", StartAt::Oldest));
    }

    #[test]
    fn a_role_the_permission_lacks_is_denied_by_its_name() {
        let denied = |role, publishes, consumes| {
            let text = format!("k:s@g/topic=t&role={role}");
            let permission = Permission { publishes, consumes, cluster: None };
            Dsn::parse(&text).unwrap().grant(&permission).unwrap_err()
        };
        let no = |text: &str| Denial::NoPermission(text.to_owned());
        assert_eq!(denied("pub", false, true), no("no publish permission"));
        assert_eq!(denied("sub", true, false), no("no subscribe permission"));
        assert_eq!(denied("pubsub", true, false), no("no subscribe permission"));
    }
}
