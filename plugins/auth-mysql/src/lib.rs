//! Groups of databus from two tables of an SQL database.

mod settings;
mod statement;
mod store;

pub use settings::{AppTable, AuthTable, Settings};

use sluicegate_plugin::{
    Authenticator, Credentials, Denial, Grant, Plugin,
    databus::{Checks, RefreshSecs},
    secret::Plain,
};
use statement::Select;
use store::Store;

/// Looks groups up in a database.
#[derive(Debug)]
pub struct AuthMysql {
    store: Store,
    checks: Checks<Plain>,
    refresh: RefreshSecs,
}

impl Plugin for AuthMysql {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let checks = Checks::for_store(settings.clusters, settings.plain_logins);
        let refresh = settings.refresh_secs;
        let (auth, app) = (&settings.auth, &settings.app);
        let store = match settings.statement {
            Some(statement) => Store::with_statement(settings.connection, statement),
            None => Store::with_query(settings.connection, Select::new(auth, app)?),
        };
        Ok(Self { store, checks, refresh })
    }
}

impl Authenticator for AuthMysql {
    fn authenticate(&mut self, login: &Credentials) -> Result<Grant, Denial> {
        let grant = self.checks.login(login, |group| self.store.find(group))?;
        Ok(self.refresh.applied_to(grant))
    }
}

sluicegate_plugin::export!(AuthMysql: Authenticator);

#[cfg(test)]
mod tests;
