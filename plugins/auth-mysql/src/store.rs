//! Rows of the two tables, joined.

use sluicegate_plugin::{
    Denial,
    databus::{Account, Row},
    log, metrics,
    sql::{self, Database, Value},
};

use crate::statement::Select;

/// What a row is made of, in its order.
const COLUMNS: [&str; 6] = ["group", "topic", "operation", "app key", "app secret", "cluster"];

/// Where rows come from.
#[derive(Debug)]
pub(crate) struct Store {
    database: Database,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// The plugin's own.
    Query(Select),
    /// A statement of the TOML file by its name, which takes the group once.
    Statement(String),
}

impl Store {
    /// Asks with a SELECT of its own.
    pub(crate) fn with_query(connection: String, select: Select) -> Self {
        Self { database: Database::named(connection), source: Source::Query(select) }
    }

    /// Asks with a statement of the TOML file.
    pub(crate) fn with_statement(connection: String, name: String) -> Self {
        Self { database: Database::named(connection), source: Source::Statement(name) }
    }

    /// The account of a group. A row that is no account, and a group with more than one, cost their
    /// own group only, and a line for the operator.
    pub(crate) fn find(&self, group: &str) -> Result<Option<Account>, Denial> {
        let mut accounts = Vec::new();
        for row in self.rows(group)? {
            let columns = <[Value; COLUMNS.len()]>::try_from(row).map_err(|row| misfit(&row))?;
            // Whatever the collation or the operator's statement take for equal.
            if columns[0].as_bytes() == Some(group.as_bytes()) {
                accounts.push(account(&columns));
            }
        }
        let found = match accounts.len() {
            0 => return Ok(None),
            1 => accounts.remove(0),
            _ => Err("has more than one row: delete all but one".to_owned()),
        };
        Ok(found.map_err(|why| report(group, &why)).ok())
    }

    fn rows(&self, group: &str) -> Result<Vec<sql::Row>, sql::Error> {
        match &self.source {
            Source::Query(select) => {
                let (text, parameters) = select.of(group);
                self.database.query(text, &parameters)
            }
            Source::Statement(name) => self.database.run(name, &[group.into()]),
        }
    }
}

fn account(columns: &[Value; 6]) -> Result<Account, String> {
    if columns[3].is_null() {
        return Err("names an app that is not there, or is deleted".to_owned());
    }
    let text = |column: usize| match &columns[column] {
        Value::Null => Ok(String::new()),
        value => value
            .as_str()
            .map(ToOwned::to_owned)
            .ok_or_else(|| format!("its {} is not a text in UTF-8", COLUMNS[column])),
    };
    let operation = match &columns[2] {
        Value::Null => Some(0),
        value => value.as_i64(),
    };
    let row = Row {
        group: text(0)?,
        topic: text(1)?,
        operation: operation.ok_or("its operation is not an integer")?,
        key: text(3)?,
        secret: text(4)?,
        cluster: text(5)?,
    };
    row.account()
}

fn report(group: &str, why: &str) {
    metrics::count("unusable_rows", 1);
    log::warn(&format!("group {group:?}: {why}"));
}

/// Only the operator's own statement can answer so.
fn misfit(row: &sql::Row) -> Denial {
    let (given, wanted) = (row.len(), COLUMNS.join(", "));
    Denial::Unavailable(format!("`statement` gives {given} columns; it must give {wanted}"))
}
