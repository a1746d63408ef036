//! One connection, made when it is needed and made again when it has ended.

use redis::{AsyncConnectionConfig, Client, Cmd, RedisError, Value, aio::MultiplexedConnection};
use tokio::sync::Mutex;

use super::RedisCommand;
use crate::plugin::reach::error::{ReachError, without_quotes};

/// Errors by which a server says that it cannot answer now, though the command was right.
const NOT_NOW: [&str; 6] = ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "READONLY"];

/// A place for one connection. Held locked while connecting, so that a storm connects once.
#[derive(Default)]
pub(super) struct Slot(Mutex<State>);

#[derive(Default)]
struct State {
    live: Option<MultiplexedConnection>,
    /// How often it was connected: tells a connection from its successor.
    number: u64,
}

/// A connection in use. Dropped before it has answered it takes the connection out of its slot:
/// whoever waited in vain must not make the next one wait for the same silent server.
struct Borrowed<'s> {
    slot: &'s Slot,
    connection: MultiplexedConnection,
    number: u64,
    is_fresh: bool,
    has_answered: bool,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if self.has_answered {
            return;
        }
        // Locked for a moment only, or by someone who is making its successor.
        if let Ok(mut state) = self.slot.0.try_lock()
            && state.number == self.number
        {
            state.live = None;
        }
    }
}

impl Slot {
    /// Sees whether the server answers and takes the gateway in.
    pub(super) async fn greet(&self, client: &Client) -> Result<(), ReachError> {
        let answer = self.send_again(client, &redis::cmd("PING")).await;
        answer.map(drop).map_err(|error| in_words(&error))
    }

    /// Sends a command. One that only reads is sent again over a new connection if the old one
    /// turns out to have ended; one that writes is sent over a connection that just answered.
    pub(super) async fn send(
        &self,
        client: &Client,
        command: &RedisCommand,
        arguments: &[Vec<u8>],
    ) -> Result<Value, ReachError> {
        let mut message = redis::cmd(command.name);
        for argument in arguments {
            message.arg(argument.as_slice());
        }
        let sent = if command.writes {
            match self.send_again(client, &redis::cmd("PING")).await {
                Ok(_) => self.send_once(client, &message).await.1,
                failed @ Err(_) => failed,
            }
        } else {
            self.send_again(client, &message).await
        };
        sent.map_err(|error| in_words(&error))
    }

    async fn send_again(&self, client: &Client, message: &Cmd) -> Result<Value, RedisError> {
        match self.send_once(client, message).await {
            (false, Err(error)) if has_ended(&error) => self.send_once(client, message).await.1,
            (_, sent) => sent,
        }
    }

    /// The outcome, and whether the connection was made for this command.
    async fn send_once(&self, client: &Client, message: &Cmd) -> (bool, Result<Value, RedisError>) {
        let mut borrowed = match self.borrow(client).await {
            Ok(borrowed) => borrowed,
            Err(error) => return (true, Err(error)),
        };
        let sent = borrowed.connection.send_packed_command(message).await;
        let sent = sent.and_then(Value::extract_error);
        borrowed.has_answered = !sent.as_ref().is_err_and(has_ended);
        (borrowed.is_fresh, sent)
    }

    async fn borrow(&self, client: &Client) -> Result<Borrowed<'_>, RedisError> {
        let mut state = self.0.lock().await;
        let is_fresh = state.live.is_none();
        let connection = if let Some(connection) = &state.live {
            connection.clone()
        } else {
            // The caller's time limit holds for everything.
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(None)
                .set_response_timeout(None);
            let made = client.get_multiplexed_async_connection_with_config(&config).await?;
            state.number += 1;
            state.live.insert(made).clone()
        };
        let number = state.number;
        Ok(Borrowed { slot: self, connection, number, is_fresh, has_answered: false })
    }
}

/// True if the connection is of no use any more.
fn has_ended(error: &RedisError) -> bool {
    error.is_io_error() || error.is_connection_dropped() || error.is_unrecoverable_error()
}

/// An error of the connection, of a server that does not take the gateway in, or about the command.
fn in_words(error: &RedisError) -> ReachError {
    let Some(code) = error.code() else {
        let words = format!("no connection: {}", without_quotes(&error.to_string()));
        return ReachError::Unavailable(words);
    };
    if NOT_NOW.contains(&code) {
        return ReachError::Unavailable(format!("the server answered {code}"));
    }
    let detail = without_quotes(error.detail().unwrap_or_default());
    ReachError::Refused(format!("{code} {detail}").trim_end().to_owned())
}
