//! What a plugin's settings file grants it. Plain data, filled by the configuration.

use std::{path::PathBuf, time::Duration};

use super::{KeyPattern, RedisAddress, RedisCommand, SqlAddress, SqlStatement};

/// All stores that one plugin may reach; by default none.
#[derive(Clone, Debug, Default)]
pub struct ReachSettings {
    /// `[redis.NAME]`.
    pub redis: Vec<RedisSettings>,
    /// `[sql.NAME]`.
    pub sql: Vec<SqlSettings>,
}

/// `[redis.NAME]`.
#[derive(Clone, Debug)]
pub struct RedisSettings {
    /// What the plugin calls the connection.
    pub name: String,
    /// Where the server is and who the gateway is there; its `Debug` shows nothing.
    pub address: RedisAddress,
    /// The only commands that are sent.
    pub commands: Vec<&'static RedisCommand>,
    /// The only keys that are touched.
    pub keys: Vec<KeyPattern>,
    /// Longest wait for one reply, connecting included.
    pub timeout: Duration,
    /// Connections over which commands are spread; each carries many at once.
    pub connections: usize,
    /// Certificates; `None` uses those of the system where the URL asks for TLS.
    pub tls: Option<TlsFiles>,
}

/// `[sql.NAME]`.
#[derive(Clone, Debug)]
pub struct SqlSettings {
    /// What the plugin calls the connection.
    pub name: String,
    /// Where the database is and who the gateway is there; its `Debug` shows nothing.
    pub address: SqlAddress,
    /// Named statements.
    pub statements: Vec<SqlStatement>,
    /// True if the plugin may run SELECTs of its own.
    pub queries: bool,
    /// Longest wait for the rows of one statement, connecting included.
    pub timeout: Duration,
    /// Most connections of one pool.
    pub connections: usize,
    /// How connections are encrypted; `None` not at all.
    pub tls: Option<TlsFiles>,
}

/// PEM files of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// Authorities that may sign the server's certificate; `None` trusts the public ones.
    pub ca_file: Option<PathBuf>,
    /// The gateway's own certificate chain and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
}
