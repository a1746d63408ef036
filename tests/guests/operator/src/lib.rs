//! Knows one administrator and leaves everyone else to the next authenticator.

use sluicegate_plugin::{Authenticator, Credentials, Denial, Grant, NoSettings, Plugin};

/// Name and password of the only user.
const OPERATOR: &str = "operator";

/// Has nothing to remember.
#[derive(Debug)]
pub struct Operator;

impl Plugin for Operator {
    type Settings = NoSettings;

    fn configure(_: NoSettings) -> Result<Self, String> {
        Ok(Self)
    }
}

impl Authenticator for Operator {
    fn authenticate(&mut self, login: &Credentials) -> Result<Grant, Denial> {
        if login.username != OPERATOR || login.secret != OPERATOR {
            return Err(Denial::NotMine);
        }
        let all = vec!["*".to_owned()];
        Ok(Grant { publish: all.clone(), consume: all, admin: true, ..Grant::new(OPERATOR) })
    }
}

sluicegate_plugin::export!(Operator: Authenticator);
