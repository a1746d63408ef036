//! SQL databases: named statements, and SELECTs of a plugin's own where they are granted.

use std::time::Duration;

use super::{ReachError, Rows, SqlSettings, is_name};
use crate::plugin::{bindings::sluicegate::plugin::sql::Value, limits::SQL_TEXT_BYTES_MAX};

mod address;
mod fault;
mod pool;
mod rows;
mod statement;
mod value;

pub use address::SqlAddress;
pub use statement::{SqlStatement, StatementError};

use pool::{Mode, Pool};

pub(in crate::plugin) use rows::Columns;

/// One `[sql.NAME]`.
pub(in crate::plugin) struct SqlReach {
    name: String,
    statements: Vec<SqlStatement>,
    timeout: Duration,
    /// Most bytes of all rows of one answer.
    bytes_max: usize,
    pool: Pool,
    queries: Queries,
}

/// Where SELECTs of the plugin's own run.
enum Queries {
    NotGranted,
    /// With the named statements, none of which writes.
    SamePool,
    /// In sessions that cannot write, beside named statements that may.
    OwnPool(Pool),
}

/// A statement that is granted, with the connections it runs on.
pub(in crate::plugin) struct Allowed<'a> {
    pool: &'a Pool,
    text: &'a str,
    /// False if it only reads.
    pub(in crate::plugin) may_write: bool,
}

impl std::fmt::Debug for SqlReach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlReach").field("name", &self.name).finish_non_exhaustive()
    }
}

impl SqlReach {
    /// Takes the settings; connects when the first statement is run.
    pub(super) fn open(settings: &SqlSettings, bytes_max: usize) -> Result<Self, String> {
        let may_write = settings.statements.iter().any(SqlStatement::may_write);
        let mode = if may_write { Mode::ReadWrite } else { Mode::ReadOnly };
        let queries = match (settings.queries, may_write) {
            (false, _) => Queries::NotGranted,
            (true, false) => Queries::SamePool,
            (true, true) => Queries::OwnPool(Pool::open(settings, Mode::ReadOnly, bytes_max)?),
        };
        Ok(Self {
            name: settings.name.clone(),
            statements: settings.statements.clone(),
            timeout: settings.timeout,
            bytes_max,
            pool: Pool::open(settings, mode, bytes_max)?,
            queries,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Longest wait for the rows of one statement.
    pub(in crate::plugin) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Connects, if need be, and sees whether the database answers.
    pub(super) async fn greet(&self) -> Result<(), ReachError> {
        let lent = self.pool.lend().await.map_err(|error| fault::connecting(&error))?;
        lent.give_back();
        Ok(())
    }

    /// The named statement, if it is granted.
    pub(in crate::plugin) fn statement(&self, name: &str) -> Result<Allowed<'_>, ReachError> {
        let Some(known) = self.statements.iter().find(|known| known.name() == name) else {
            let shown = if is_name(name) { name } else { "NAME" };
            return Err(ReachError::Denied(format!(
                "no such statement is granted: add `{shown}` to `[sql.{}.statements]` in the \
                 plugin's TOML file",
                self.name
            )));
        };
        Ok(Allowed { pool: &self.pool, text: known.text(), may_write: known.may_write() })
    }

    /// A SELECT of the plugin's own, if it is granted.
    pub(in crate::plugin) fn query<'a>(&'a self, text: &'a str) -> Result<Allowed<'a>, ReachError> {
        let pool = match &self.queries {
            Queries::SamePool => &self.pool,
            Queries::OwnPool(pool) => pool,
            Queries::NotGranted => {
                return Err(ReachError::Denied(format!(
                    "queries of the plugin's own are not granted: set `queries = \"read-only\"` \
                     in `[sql.{}]` in the plugin's TOML file",
                    self.name
                )));
            }
        };
        if text.len() > SQL_TEXT_BYTES_MAX {
            let words = format!("a query may have {SQL_TEXT_BYTES_MAX} bytes: use parameters");
            return Err(ReachError::Denied(words));
        }
        statement::check_query(text)
            .map_err(|error| ReachError::Denied(format!("the query cannot be granted: {error}")))?;
        Ok(Allowed { pool, text, may_write: false })
    }

    /// Runs what is granted.
    pub(in crate::plugin) async fn rows(
        &self,
        allowed: Allowed<'_>,
        parameters: Vec<Value>,
    ) -> Result<(Rows, Columns), ReachError> {
        let Allowed { pool, text, .. } = allowed;
        let mut lent = pool.lend().await.map_err(|error| fault::connecting(&error))?;
        let rows = rows::read(lent.connection(), text, parameters, self.bytes_max).await;
        if !matches!(rows, Err(rows::Failure::Broken(_) | rows::Failure::TooMuch(_))) {
            lent.give_back();
        }
        rows.map_err(rows::Failure::into_words)
    }
}
