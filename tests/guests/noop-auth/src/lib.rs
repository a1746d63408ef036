//! Grants everyone everything: what a login costs.

use sluicegate_plugin::{Authenticator, Credentials, Denial, Grant, NoSettings, Plugin};

/// Has nothing to remember.
#[derive(Debug)]
pub struct Noop;

impl Plugin for Noop {
    type Settings = NoSettings;

    fn configure(_: NoSettings) -> Result<Self, String> {
        Ok(Self)
    }
}

impl Authenticator for Noop {
    fn authenticate(&mut self, login: &Credentials) -> Result<Grant, Denial> {
        Ok(Grant {
            publish: vec!["*".to_owned()],
            consume: vec!["*".to_owned()],
            admin: true,
            ..Grant::new(&login.username)
        })
    }
}

sluicegate_plugin::export!(Noop: Authenticator);
