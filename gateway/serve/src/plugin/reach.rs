//! What plugins may reach beyond the process: the stores that their settings files grant.
//!
//! The gateway owns the connections; a plugin sends single commands through them, within what was
//! granted and within the time of its call. Nothing here connects before a plugin asks.

use std::time::Duration;

use tokio::time::timeout;

use super::load_error::LoadFault;

mod address;
mod call_budget;
mod cassette;
mod error;
mod exchange;
mod redis;
mod settings;
mod sql;
mod stand_in;
mod store_use;
mod tls;

pub use self::redis::{KeyPattern, RedisAddress, RedisCommand};
pub use address::AddressError;
pub use cassette::Cassette;
pub use error::ReachError;
pub use exchange::{Answer, Asked, Cell, Exchange, Question};
pub use settings::{ReachSettings, RedisSettings, SqlSettings, TlsFiles};
pub use sql::{SqlAddress, SqlStatement, StatementError};
pub use stand_in::{Asks, Call, Fixtures, Held, Keyspace, RowsOf, StandIn};
pub use store_use::StoreUse;

pub use super::text::is_name;

pub(super) use self::redis::RedisReach;
pub(super) use call_budget::StoreCallBudget;
pub(super) use exchange::{Rows, Told};
pub(super) use sql::{Columns, SqlReach};

/// The stores of one plugin. Their connections end with it.
#[derive(Debug, Default)]
pub(super) struct Reach {
    redis: Vec<RedisReach>,
    sql: Vec<SqlReach>,
}

impl Reach {
    /// Makes ready what the settings grant. Reads the files of `tls` sections and connects to
    /// nothing: a plugin loads while its store is away.
    pub(super) fn open(settings: &ReachSettings, bytes_max: usize) -> Result<Self, LoadFault> {
        let unusable = |kind: &str, name: &str, reason| {
            let section = format!("{kind}.{name}");
            LoadFault::ReachUnusable { section, reason }
        };
        let redis = settings.redis.iter().map(|settings| {
            RedisReach::open(settings, bytes_max)
                .map_err(|reason| unusable("redis", &settings.name, reason))
        });
        let sql = settings.sql.iter().map(|settings| {
            SqlReach::open(settings, bytes_max)
                .map_err(|reason| unusable("sql", &settings.name, reason))
        });
        Ok(Self { redis: redis.collect::<Result<_, _>>()?, sql: sql.collect::<Result<_, _>>()? })
    }

    /// Connects to each store: its section, and what keeps it from answering.
    pub(super) async fn greet(&self) -> Vec<(String, Result<(), String>)> {
        let mut answers = Vec::with_capacity(self.redis.len() + self.sql.len());
        for reach in &self.redis {
            let section = format!("redis.{}", reach.name());
            answers.push((section, within(reach.timeout(), reach.greet()).await));
        }
        for reach in &self.sql {
            let section = format!("sql.{}", reach.name());
            answers.push((section, within(reach.timeout(), reach.greet()).await));
        }
        answers
    }

    /// The Redis connection of this name.
    pub(super) fn redis(&self, name: &str) -> Result<&RedisReach, ReachError> {
        let found = self.redis.iter().find(|reach| reach.name() == name);
        found.ok_or_else(|| no_connection("redis", name))
    }

    /// The SQL connection of this name.
    pub(super) fn sql(&self, name: &str) -> Result<&SqlReach, ReachError> {
        let found = self.sql.iter().find(|reach| reach.name() == name);
        found.ok_or_else(|| no_connection("sql", name))
    }
}

async fn within(
    limit: Duration,
    greeting: impl Future<Output = Result<(), ReachError>>,
) -> Result<(), String> {
    let late = || format!("no answer within {} ms", limit.as_millis());
    let answer = timeout(limit, greeting).await.map_err(|_| late())?;
    answer.map_err(|error| error.words().to_owned())
}

fn no_connection(kind: &str, name: &str) -> ReachError {
    let name = if is_name(name) { name } else { "NAME" };
    ReachError::Denied(format!(
        "no such connection is granted: add a section `[{kind}.{name}]` to the plugin's TOML file"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_granted_is_shown_only_if_it_is_one() {
        let denied = |name| Reach::default().redis(name).unwrap_err();
        assert!(denied("users").words().contains("`[redis.users]`"));
        assert!(denied("hush me").words().contains("`[redis.NAME]`"));
        assert_eq!(denied("users").outcome(), "denied");
    }
}
