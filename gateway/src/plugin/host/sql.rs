//! `sql`: statements to the databases that the plugin's settings file grants.

use super::{
    HostState,
    sql_interface::{Error, Host, Value},
};
use crate::plugin::reach::ReachError;

/// Stands in the log for a SELECT of the plugin's own.
const QUERY: &str = "query";

type Rows = Vec<Vec<Value>>;

impl Host for HostState {
    fn run(
        &mut self,
        connection: String,
        statement: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Result<Rows, Error>> {
        let answer = self.reach_out("sql", (&connection, &statement), |stores, in_hand| {
            let store = stores.sql(&connection)?;
            in_hand.wait(store.timeout(), store.run(&statement, parameters))
        })?;
        Ok(answer.map_err(Error::from))
    }

    fn query(
        &mut self,
        connection: String,
        text: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Result<Rows, Error>> {
        let answer = self.reach_out("sql", (&connection, QUERY), |stores, in_hand| {
            let store = stores.sql(&connection)?;
            in_hand.wait(store.timeout(), store.query(&text, parameters))
        })?;
        Ok(answer.map_err(Error::from))
    }
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
