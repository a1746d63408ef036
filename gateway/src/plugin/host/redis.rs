//! `redis`: commands to the servers that the plugin's settings file grants.

use std::sync::Arc;

use super::{
    HostState,
    reaching::Asked,
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
        let shared = Arc::clone(&self.shared);
        let in_hand = self.reach_in_hand("redis")?;
        let asked = Asked::new("redis", &connection, &command);
        let answer = in_hand.count().and_then(|()| {
            let reach = shared.reach.redis(&connection)?;
            let command = reach.allow(&command, &arguments)?;
            in_hand.wait(reach.timeout(), reach.call(command, &arguments))
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
