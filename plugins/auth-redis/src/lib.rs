//! Groups of databus from the tables that `redis_orm` keeps in Redis.

mod settings;
mod store;

pub use settings::{Settings, Tables};

use sluicegate_plugin::{
    Authenticator, Credentials, Denial, Grant, Plugin,
    databus::{Checks, RefreshSecs},
    secret::Plain,
};
use store::Store;

/// Looks groups up in Redis.
#[derive(Debug)]
pub struct AuthRedis {
    store: Store,
    checks: Checks<Plain>,
    refresh: RefreshSecs,
}

impl Plugin for AuthRedis {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let store = Store::new(settings.connection, settings.tables)?;
        let checks = Checks::for_store(settings.clusters, settings.plain_logins);
        Ok(Self { store, checks, refresh: settings.refresh_secs })
    }
}

impl Authenticator for AuthRedis {
    fn authenticate(&mut self, login: &Credentials) -> Result<Grant, Denial> {
        let grant = self.checks.login(login, |group| self.store.find(group))?;
        Ok(self.refresh.applied_to(grant))
    }
}

sluicegate_plugin::export!(AuthRedis: Authenticator);

#[cfg(test)]
mod tests;
