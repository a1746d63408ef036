//! `redis`: commands to the servers that the plugin's settings file grants.

use super::reaching::StoreCaller;
use crate::plugin::{
    bindings::sluicegate::plugin::redis::{Error, Host, Reply},
    reach::{Asked, Columns, Question, ReachError},
};

impl Host for StoreCaller<'_> {
    fn call(
        &mut self,
        connection: String,
        command: String,
        arguments: Vec<Vec<u8>>,
    ) -> wasmtime::Result<Result<Reply, Error>> {
        let given = arguments.len();
        let answer =
            self.reach_out(("redis", &connection, &command, given), |shared, in_hand| {
                let store = shared.reach.redis(&connection)?;
                let command = store.allow(&command, &arguments)?;
                let question = shared.store_use.question(|| Question {
                    plugin: shared.name.to_string(),
                    connection: connection.clone(),
                    asked: Asked::Command {
                        name: command.name.into(),
                        arguments: arguments.clone(),
                    },
                });
                shared.store_use.ask(question, command.writes, || {
                    let reply = in_hand.wait(store.timeout(), store.call(command, &arguments))?;
                    Ok((reply, Columns::default()))
                })
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
