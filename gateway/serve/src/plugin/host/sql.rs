//! `sql`: statements to the databases that the plugin's settings file grants.

use super::reaching::StoreCaller;
use crate::plugin::{
    bindings::sluicegate::plugin::sql::{Error, Host, Value},
    reach::{Asked, Cell, Question, ReachError, Rows},
};

/// Stands in the log for a SELECT of the plugin's own.
const QUERY: &str = "query";

impl Host for StoreCaller<'_> {
    fn run(
        &mut self,
        connection: String,
        statement: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Result<Rows, Error>> {
        let given = parameters.len();
        let answer =
            self.reach_out(("sql", &connection, &statement, given), |shared, in_hand| {
                let store = shared.reach.sql(&connection)?;
                let allowed = store.statement(&statement)?;
                let question = shared.store_use.question(|| Question {
                    plugin: shared.name.to_string(),
                    connection: connection.clone(),
                    asked: Asked::Statement {
                        name: statement.clone(),
                        parameters: plain(&parameters),
                    },
                });
                shared.store_use.ask(question, allowed.may_write, || {
                    in_hand.wait(store.timeout(), store.rows(allowed, parameters))
                })
            })?;
        Ok(answer.map_err(Error::from))
    }

    fn query(
        &mut self,
        connection: String,
        text: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Result<Rows, Error>> {
        let given = parameters.len();
        let answer = self.reach_out(("sql", &connection, QUERY, given), |shared, in_hand| {
            let store = shared.reach.sql(&connection)?;
            let allowed = store.query(&text)?;
            let question = shared.store_use.question(|| Question {
                plugin: shared.name.to_string(),
                connection: connection.clone(),
                asked: Asked::Query { text: text.clone(), parameters: plain(&parameters) },
            });
            shared.store_use.ask(question, allowed.may_write, || {
                in_hand.wait(store.timeout(), store.rows(allowed, parameters))
            })
        })?;
        Ok(answer.map_err(Error::from))
    }
}

fn plain(parameters: &[Value]) -> Vec<Cell> {
    parameters.iter().map(Cell::from).collect()
}

impl From<ReachError> for Error {
    fn from(error: ReachError) -> Self {
        match error {
            ReachError::Denied(words) => Self::Denied(words),
            ReachError::Refused(words) => Self::Refused(words),
            ReachError::Unavailable(words) => Self::Unavailable(words),
        }
    }
}
