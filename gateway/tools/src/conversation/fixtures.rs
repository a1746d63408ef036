//! What stores answer in a conversation: a TOML file beside it, written by hand or recorded.
//!
//! ```toml
//! # What a Redis server holds. With any of these three tables it holds nothing else.
//! [auth-redis.redis.users.keys]
//! "greeting" = "hello"                                   # a string
//! "tb:authtb" = { 1_Group = "orders", 1_Operation = 3 }  # a hash
//! "queue" = ["a", "b"]                                   # a list
//! [auth-redis.redis.users.sets]
//! "admins" = ["ann"]
//! [auth-redis.redis.users.sorted_sets]
//! "ix:authtb_group" = { orders = 1 }                     # member = score
//!
//! # One command and its reply; the same command again: the next reply, the last one for ever.
//! [[auth-redis.redis.users.calls]]
//! command = "GET"
//! arguments = ["greeting"]
//! reply = { nil = true }
//!
//! # Rows of a database. Without `query` and `statement` any is meant, without `parameters` any.
//! [[auth-mysql.sql.users.rows]]
//! statement = "by_group"                                 # or: query = "SELECT …"
//! parameters = ["orders"]
//! rows = [["orders", 3, { null = true }, { base64 = "AP8=" }]]
//! [[auth-mysql.sql.users.rows]]
//! error = { unavailable = "no answer within 500 ms" }    # or refused, or denied
//!
//! # What `${DATABUS_DSN}` stands for, in a conversation and here; without it `secret-DATABUS_DSN`.
//! [[secret]]
//! name = "DATABUS_DSN"
//! stands_for = "key:secret-DATABUS_DSN@orders/topic=orders&role=pub"
//! ```
//!
//! The tables are named by plugin, kind of store and connection. A question that neither an entry
//! nor a key answers is one that the store cannot be reached for.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use anyhow::Context as _;
use sluicegate::{
    config,
    plugin::reach::{Fixtures, StandIn},
};

mod calls;
mod cells;
mod field;
mod placeholders;
mod recorded;
mod secrets;
mod stores;
mod typed;

#[cfg(test)]
mod tests;

pub use recorded::{RecordedFile, add_recording};
pub use secrets::Secrets;

/// Ends of files with fixtures: `NAME.fixtures.toml` beside `NAME.resp`.
pub const EXTENSION: &str = "fixtures.toml";

/// A file of fixtures, read.
#[derive(Clone, Debug, Default)]
pub struct FixtureFile {
    fixtures: Arc<Fixtures>,
    /// What stands for secrets, by their names.
    stands_for: BTreeMap<String, String>,
}

impl FixtureFile {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is no file of fixtures: every fault with its place.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("reading `{}`", path.display()))?;
        Self::parse(path, &text)
    }

    /// Reads the text of a file; `path` is for errors.
    ///
    /// # Errors
    /// All that is wrong with it, with its places.
    pub fn parse(path: &Path, text: &str) -> anyhow::Result<Self> {
        let stores = stores::read(text).map_err(|faults| {
            let faults = faults.iter().map(|fault| format!("{}:{fault}", path.display()));
            anyhow::Error::msg(faults.collect::<Vec<_>>().join("\n"))
        })?;
        Ok(Self { fixtures: Arc::new(stores.fixtures), stands_for: stores.stands_for })
    }

    /// Plays the fixtures once; `path` is for the errors of what they lack.
    pub fn stand_in(&self, path: &Path) -> Arc<StandIn> {
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        Arc::new(StandIn::new(Arc::clone(&self.fixtures), file))
    }

    /// What stands for a secret.
    fn stands_for(&self, name: &str) -> String {
        self.stands_for.get(name).cloned().unwrap_or_else(|| config::stand_in(name))
    }
}
