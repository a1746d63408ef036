//! `[sql.NAME]`: a database, the statements and whether a plugin may send queries.

use super::kind::{StoreKind, address, check_name, connections, timeout, tls};
use crate::{
    config::{
        file::Section,
        values::{Entry, Text},
    },
    plugin::{
        limits::SQL_CONNECTIONS,
        reach::{ReachSettings, SqlAddress, SqlSettings, SqlStatement, StatementError, is_name},
    },
};

/// Registered in `KINDS` of the parent.
pub(super) const KIND: StoreKind = StoreKind {
    table: "sql",
    read: |section, granted: &mut ReachSettings| granted.sql.extend(read(section)),
    example: "\
[sql.NAME]
url = \"mysql://USER:${PASSWORD}@HOST:3306/DATABASE\"
[sql.NAME.statements]
find = \"SELECT secret FROM users WHERE name = ?\"",
};

/// Reads a section; `None` if its address is wrong.
fn read(mut section: Section<'_, '_>) -> Option<SqlSettings> {
    check_name(&section);
    let name = section.name().to_owned();
    let address = address(&mut section, SqlAddress::parse);
    let has_statements = section.contains("statements");
    let statements = statements(&mut section);
    let queries = section.choice("queries", false, &[("none", false), ("read-only", true)]);
    if !has_statements && !queries {
        let hint = format!(
            "add named statements under `[sql.{name}.statements]`, or set `queries = \"read-only\"`"
        );
        section.incomplete("statements", "nothing is granted", &hint);
    }
    let timeout = timeout(&mut section);
    let connections = connections(&mut section, SQL_CONNECTIONS);
    let tls = tls(&mut section);
    section.finish();
    Some(SqlSettings { name, address: address?, statements, queries, timeout, connections, tls })
}

fn statements(section: &mut Section<'_, '_>) -> Vec<SqlStatement> {
    let entries = section.entries("statements");
    let checked = |Entry { name, value: Text { text, at } }: Entry| {
        let key = format!("statements.{name}");
        if !is_name(&name) {
            let cause = "the name has other characters than letters, digits, `_` and `-`";
            section.wrong_at(at, &key, cause, "");
        }
        let statement = SqlStatement::new(name, text);
        let wrong = |error: StatementError| format!("the statement cannot be granted: {error}");
        statement.map_err(|error| section.wrong_at(at, &key, &wrong(error), "")).ok()
    };
    entries.into_iter().filter_map(checked).collect()
}
