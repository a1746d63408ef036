//! Users and databus applications from the plugin's own settings.

mod apps;
mod secret;
mod settings;
mod users;

pub use settings::{App, Settings, User};

use apps::Apps;
use sluicegate_plugin::{Authenticator, Credentials, Denial, Grant, Plugin, databus::Dsn};
use users::Users;

/// Whom clients that give no name are taken for, and whose password may be a databus DSN.
const DEFAULT_USER: &str = "default";

/// Everyone who may log in.
#[derive(Debug)]
pub struct AuthStatic {
    users: Users,
    apps: Apps,
}

impl Plugin for AuthStatic {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let users = Users::new(settings.users)?;
        let apps = Apps::new(settings.apps, settings.clusters)?;
        Ok(Self { users, apps })
    }
}

impl Authenticator for AuthStatic {
    fn authenticate(&mut self, login: &Credentials) -> Result<Grant, Denial> {
        let may_be_app = login.username == DEFAULT_USER && !self.apps.is_empty();
        if may_be_app && Dsn::is_meant(&login.secret) && !self.users.knows(DEFAULT_USER) {
            return self.apps.authenticate(&login.secret);
        }
        if self.users.is_empty() {
            return Err(Denial::NotMine);
        }
        let answer = self.users.authenticate(login);
        // A configured user `default` comes first; what is not its password may still be a DSN.
        if answer.is_err() && may_be_app && Dsn::is_meant(&login.secret) {
            return self.apps.authenticate(&login.secret);
        }
        answer
    }
}

sluicegate_plugin::export!(AuthStatic: Authenticator);

#[cfg(test)]
mod tests;
