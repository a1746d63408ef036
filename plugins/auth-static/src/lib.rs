//! Users and databus applications from the plugin's own settings.

mod apps;
mod secret;
mod settings;
mod users;

pub use settings::{App, Settings, User};

use apps::Apps;
use sluicegate_plugin::{
    Authenticator, Credentials, Denial, Grant, Plugin,
    databus::{DEFAULT_USER, Dsn},
};
use users::Users;

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
        let is_dsn = login.username == DEFAULT_USER && Dsn::is_meant(&login.secret);
        let is_app = is_dsn && !self.users.knows(DEFAULT_USER);
        let is_user = !is_app && !self.users.is_empty();
        let answer = if is_user { self.users.authenticate(login) } else { Err(Denial::NotMine) };
        // A configured user `default` comes first; what is not its password may still be a DSN.
        if answer.is_err() && is_dsn && !self.apps.is_empty() {
            return self.apps.authenticate(&login.secret);
        }
        answer
    }
}

sluicegate_plugin::export!(AuthStatic: Authenticator);

#[cfg(test)]
mod tests;
