//! `redis`: commands to the servers that the plugin's settings file grants.

use super::{
    HostState,
    redis_interface::{Error, Host, Reply},
};
use crate::plugin::reach::ReachError;

impl Host for HostState {
    fn call(
        &mut self,
        connection: String,
        command: String,
        arguments: Vec<Vec<u8>>,
    ) -> wasmtime::Result<Result<Reply, Error>> {
        let answer = self.reach_out("redis", (&connection, &command), |stores, in_hand| {
            let store = stores.redis(&connection)?;
            let command = store.allow(&command, &arguments)?;
            in_hand.wait(store.timeout(), store.call(command, &arguments))
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
