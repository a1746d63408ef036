//! `sql`: statements to the databases that the plugin's settings file grants.

use std::sync::Arc;

use super::{
    HostState,
    reaching::Asked,
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
        let shared = Arc::clone(&self.shared);
        let in_hand = self.reach_in_hand("sql")?;
        let asked = Asked::new("sql", &connection, &statement);
        let answer = in_hand.count().and_then(|()| {
            let reach = shared.reach.sql(&connection)?;
            in_hand.wait(reach.timeout(), reach.run(&statement, parameters))
        });
        asked.note(&shared, answer.as_ref().err());
        Ok(answer.map_err(Error::from))
    }

    fn query(
        &mut self,
        connection: String,
        text: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Result<Rows, Error>> {
        let shared = Arc::clone(&self.shared);
        let in_hand = self.reach_in_hand("sql")?;
        let asked = Asked::new("sql", &connection, QUERY);
        let answer = in_hand.count().and_then(|()| {
            let reach = shared.reach.sql(&connection)?;
            in_hand.wait(reach.timeout(), reach.query(&text, parameters))
        });
        asked.note(&shared, answer.as_ref().err());
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
