//! The running gateway, seen by a client that administers it.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use ::redis::{
    Client, Cmd, Connection, ConnectionAddr, FromRedisValue, IntoConnectionInfo as _,
    RedisConnectionInfo, RedisError, RedisResult, cmd,
};

/// Longest wait for a connection, and for the answer to a question.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest wait for a reload: compiling a guest that brings a whole language takes 20 s on an idle
/// machine.
const RELOAD_PATIENCE: Duration = Duration::from_mins(3);

/// A row of PLUGIN LIST or a line of PLUGIN LOG, by the names of its fields.
pub(super) type PluginRow = BTreeMap<String, String>;

/// Why a question was not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GatewayError {
    /// No gateway answers there.
    Away(String),
    /// It says no.
    Refused(String),
}

/// One connection, made when it is needed.
pub(super) struct Gateway {
    address: SocketAddr,
    login: Option<String>,
    connection: Option<Connection>,
}

impl Gateway {
    pub(super) fn new(address: SocketAddr, login: Option<String>) -> Self {
        Self { address, login, connection: None }
    }

    /// Makes it look at its plugin folder. The inner error says which plugins it refuses.
    pub(super) fn reload(&mut self) -> Result<Result<(), String>, GatewayError> {
        match self.ask::<i64>(cmd("PLUGIN").arg("RELOAD"), RELOAD_PATIENCE) {
            Ok(_) => Ok(Ok(())),
            Err(GatewayError::Refused(why)) if why.starts_with("ERR reload refused") => {
                Ok(Err(why))
            }
            Err(failure) => Err(failure),
        }
    }

    /// The row of one plugin, if it is in force or refused.
    pub(super) fn row(&mut self, plugin: &str) -> Result<Option<PluginRow>, GatewayError> {
        let rows: Vec<PluginRow> = self.ask(cmd("PLUGIN").arg("LIST"), PATIENCE)?;
        Ok(rows.into_iter().find(|row| row.get("name").is_some_and(|name| name == plugin)))
    }

    /// The lines about a plugin after this number; none of one that it does not know.
    pub(super) fn lines(
        &mut self,
        plugin: &str,
        after: u64,
    ) -> Result<Vec<PluginRow>, GatewayError> {
        match self.ask(cmd("PLUGIN").arg("LOG").arg(plugin).arg(after), PATIENCE) {
            Err(GatewayError::Refused(why)) if why.starts_with("ERR no such plugin") => {
                Ok(Vec::new())
            }
            answer => answer,
        }
    }

    /// Sends one command; a broken connection is made anew the next time.
    fn ask<T: FromRedisValue>(
        &mut self,
        command: &Cmd,
        patience: Duration,
    ) -> Result<T, GatewayError> {
        let answer = self.connected().and_then(|connection| {
            connection.set_read_timeout(Some(patience))?;
            command.query(connection)
        });
        answer.map_err(|error| {
            let failure = failure(&error);
            if matches!(failure, GatewayError::Away(_)) {
                self.connection = None;
            }
            failure
        })
    }

    fn connected(&mut self) -> RedisResult<&mut Connection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        Ok(self.connection.insert(connection))
    }

    fn connect(&self) -> RedisResult<Connection> {
        let host = self.address.ip().to_string();
        let info = ConnectionAddr::Tcp(host, self.address.port()).into_connection_info()?;
        let login = RedisConnectionInfo::default();
        let login = match self.login.as_deref().map(|login| (login, login.split_once(':'))) {
            None => login,
            Some((_, Some((user, password)))) => login.set_username(user).set_password(password),
            Some((password, None)) => login.set_password(password),
        };
        let client = Client::open(info.set_redis_settings(login))?;
        let connection = client.get_connection_with_timeout(PATIENCE)?;
        connection.set_write_timeout(Some(PATIENCE))?;
        Ok(connection)
    }
}

fn failure(error: &RedisError) -> GatewayError {
    let is_away = error.is_io_error() || error.is_timeout() || error.is_connection_dropped();
    match (is_away, error.code(), error.detail()) {
        (true, _, _) => GatewayError::Away(error.to_string()),
        (false, Some(code), Some(detail)) => GatewayError::Refused(format!("{code} {detail}")),
        (false, _, _) => GatewayError::Refused(error.to_string()),
    }
}
