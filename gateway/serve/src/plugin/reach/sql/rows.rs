//! One statement and its rows.

use std::sync::Arc;

use mysql_async::{Column, Conn, Error, Params, prelude::Queryable as _};

use super::{fault, value};
use crate::plugin::{
    bindings::sluicegate::plugin::sql::Value,
    limits::SQL_ROWS_MAX,
    reach::{ReachError, Rows},
};

/// The columns of an answer, as far as there are any.
#[derive(Default)]
pub(in crate::plugin) struct Columns(Option<Arc<[Column]>>);

impl Columns {
    /// Their names, in order.
    pub(in crate::plugin) fn names(&self) -> Vec<String> {
        let columns = self.0.as_deref().unwrap_or_default();
        columns.iter().map(|column| column.name_str().into_owned()).collect()
    }
}

/// Why there are no rows, and what that means for the connection.
pub(super) enum Failure {
    /// The database said no; the connection is as good as before.
    Answered(ReachError),
    /// More rows or bytes than a call may have; the rest was not read.
    TooMuch(ReachError),
    /// The connection is lost.
    Broken(ReachError),
}

impl Failure {
    pub(super) fn into_words(self) -> ReachError {
        match self {
            Self::Answered(error) | Self::TooMuch(error) | Self::Broken(error) => error,
        }
    }

    fn of(error: &Error) -> Self {
        match fault::statement(error) {
            Some(words) => Self::Answered(words),
            None => Self::Broken(fault::connecting(error)),
        }
    }
}

/// Prepares the statement, unless this connection knows it, runs it and reads the rows of its first
/// result; the others, if it has any, are dropped.
pub(super) async fn read(
    conn: &mut Conn,
    text: &str,
    parameters: Vec<Value>,
    bytes_max: usize,
) -> Result<(Rows, Columns), Failure> {
    let parameters = match parameters {
        none if none.is_empty() => Params::Empty,
        some => Params::Positional(some.into_iter().map(value::parameter).collect()),
    };
    let mut result = conn.exec_iter(text, parameters).await.map_err(|e| Failure::of(&e))?;
    let columns = Columns(result.columns());
    let (mut rows, mut bytes) = (Vec::new(), 0_usize);
    while let Some(row) = result.next().await.map_err(|error| Failure::of(&error))? {
        if rows.len() >= SQL_ROWS_MAX {
            let words = format!("there are more than {SQL_ROWS_MAX} rows: ask for fewer");
            return Err(Failure::TooMuch(ReachError::Refused(words)));
        }
        let row = value::row(row);
        bytes = bytes.saturating_add(row.iter().map(value::size).sum());
        if bytes > bytes_max {
            let words = format!("the rows have more than {bytes_max} bytes: ask for fewer");
            return Err(Failure::TooMuch(ReachError::Refused(words)));
        }
        rows.push(row);
    }
    result.drop_result().await.map_err(|error| Failure::of(&error))?;
    Ok((rows, columns))
}
