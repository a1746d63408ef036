//! Login by name and password.

use std::collections::BTreeMap;

use sluicegate_plugin::{Credentials, Denial, Grant, secret::Secret as _};

use crate::{secret::Secret, settings::User};

/// Redis' own words, for a wrong name as for a wrong password.
const WRONG: &str = "invalid username-password pair or user is disabled.";

/// All users by name.
#[derive(Debug)]
pub(crate) struct Users {
    known: BTreeMap<String, (Secret, Grant)>,
    /// What a stranger's password is compared with, so that it takes as long as a user's.
    stand_in: Option<Secret>,
}

impl Users {
    /// Refuses two of one name, and one without a secret.
    pub(crate) fn new(users: Vec<User>) -> Result<Self, String> {
        let mut known = BTreeMap::new();
        let mut stand_in = None;
        for user in users {
            let whose = format!("user `{}`", user.name);
            let secret = Secret::new(&whose, user.secret, user.hash)?;
            stand_in.get_or_insert_with(|| secret.clone());
            let grant = Grant {
                group: user.group.unwrap_or_else(|| user.name.clone()),
                publish: user.publish,
                consume: user.consume,
                admin: user.admin,
                cluster: user.cluster,
                ..Grant::new(&user.name)
            };
            if known.insert(user.name, (secret, grant)).is_some() {
                return Err(format!("{whose} is there twice"));
            }
        }
        Ok(Self { known, stand_in })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub(crate) fn knows(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    pub(crate) fn authenticate(&self, login: &Credentials) -> Result<Grant, Denial> {
        let user = self.known.get(&login.username);
        let secret = user.map(|(secret, _)| secret).or(self.stand_in.as_ref());
        let is_right = secret.is_some_and(|secret| secret.is(&login.secret));
        match user {
            Some((_, grant)) if is_right => Ok(grant.clone()),
            _ => Err(Denial::WrongCredentials(WRONG.to_owned())),
        }
    }
}
