//! Redis servers: single commands, as far as they are granted.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use ::redis::{Client, ClientTlsConfig, TlsCertificates};

use super::{ReachError, RedisSettings, is_name, tls::TlsBytes};
use crate::plugin::bindings::sluicegate::plugin::redis::Reply;

mod address;
mod command;
mod connection;
mod key;
mod reply;

pub use address::RedisAddress;
pub use command::RedisCommand;
pub use key::KeyPattern;

use connection::Slot;

/// One `[redis.NAME]`.
pub(in crate::plugin) struct RedisReach {
    name: String,
    commands: Vec<&'static RedisCommand>,
    keys: Vec<KeyPattern>,
    timeout: Duration,
    /// Largest reply, in bytes.
    bytes_max: usize,
    client: Client,
    slots: Vec<Slot>,
    /// Whose turn it is.
    next: AtomicUsize,
}

impl std::fmt::Debug for RedisReach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisReach").field("name", &self.name).finish_non_exhaustive()
    }
}

impl RedisReach {
    /// Takes the settings; connects when the first command is sent.
    pub(super) fn open(settings: &RedisSettings, bytes_max: usize) -> Result<Self, String> {
        Ok(Self {
            name: settings.name.clone(),
            commands: settings.commands.clone(),
            keys: settings.keys.clone(),
            timeout: settings.timeout,
            bytes_max,
            client: client(settings)?,
            slots: (0..settings.connections.max(1)).map(|_| Slot::default()).collect(),
            next: AtomicUsize::new(0),
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Longest wait for one reply.
    pub(in crate::plugin) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The command of this name, if it and all keys among `arguments` are granted.
    pub(in crate::plugin) fn allow(
        &self,
        command: &str,
        arguments: &[Vec<u8>],
    ) -> Result<&'static RedisCommand, ReachError> {
        let granted = self.commands.iter().find(|known| known.name.eq_ignore_ascii_case(command));
        let Some(&granted) = granted else { return Err(self.not_granted(command)) };
        let is_granted = |key: &[u8]| self.keys.iter().any(|pattern| pattern.matches(key));
        let keys = &arguments[..granted.keys_among(arguments.len())];
        match keys.iter().position(|key| !is_granted(key)) {
            None => Ok(granted),
            Some(at) => Err(ReachError::Denied(format!(
                "argument {} of {} is a key that fits none of the granted patterns: add one to \
                 `keys` of `[redis.{}]` in the plugin's TOML file",
                at + 1,
                granted.name,
                self.name
            ))),
        }
    }

    fn not_granted(&self, command: &str) -> ReachError {
        if let Some(known) = RedisCommand::find(command) {
            return ReachError::Denied(format!(
                "the command {} is not granted: add it to `commands` of `[redis.{}]` in the \
                 plugin's TOML file",
                known.name, self.name
            ));
        }
        let shown = if is_name(command) { command } else { "it" };
        ReachError::Denied(format!(
            "the command {shown} cannot be granted: the gateway sends single commands that read \
             or write keys and do not block"
        ))
    }

    /// Connects, if need be, and sees whether the server answers.
    pub(super) async fn greet(&self) -> Result<(), ReachError> {
        self.slots[0].greet(&self.client).await
    }

    /// Sends a command that was allowed, and waits for its reply.
    pub(in crate::plugin) async fn call(
        &self,
        command: &'static RedisCommand,
        arguments: &[Vec<u8>],
    ) -> Result<Reply, ReachError> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let slot = &self.slots[turn % self.slots.len()];
        let value = slot.send(&self.client, command, arguments).await?;
        reply::reply(value, self.bytes_max)
    }
}

fn client(settings: &RedisSettings) -> Result<Client, String> {
    let info = settings.address.info().clone();
    // The words of the library may repeat what it was given, so only their kind is shown.
    let unusable = |error: ::redis::RedisError| format!("its certificates: {}", error.category());
    let Some(files) = &settings.tls else {
        return Client::open(info).map_err(|error| error.category().to_owned());
    };
    let TlsBytes { ca, identity } = TlsBytes::read(files)?;
    let client_tls =
        identity.map(|(client_cert, client_key)| ClientTlsConfig { client_cert, client_key });
    Client::build_with_tls(info, TlsCertificates { client_tls, root_cert: ca }).map_err(unusable)
}
