//! The stores of users, each a real one, behind one face: a scene about logins runs over all.

mod fixed;
mod mysql;
mod redis_orm;
mod row;

use std::time::Duration;

use tokio::task::JoinHandle;

use crate::{
    Gateway,
    gateway::{Builder, gateway},
};

pub use fixed::Fixed;
pub use mysql::{MySql, SCHEMA};
pub use redis_orm::{RedisOrm, Spelling};
pub use row::{Row, default_cluster};

/// Password of the stores; it reaches the gateway as the variable `STORE_PASSWORD`.
pub const PASSWORD: &str = "st0re-pass-word";

/// Name and password of the administrator of every gateway here.
pub const OPERATOR: &str = "operator";

/// Where the rows are that say who may log in.
#[derive(Debug)]
pub enum Store {
    /// In the settings of `auth-static`.
    Fixed(Fixed),
    /// In Redis, read by `auth-redis`.
    Redis(RedisOrm),
    /// In MariaDB, read by `auth-mysql`.
    MySql(MySql),
}

/// What the file beside the plugin says beyond where the store is.
#[derive(Clone, Copy, Debug)]
pub struct Sidecar {
    /// Seconds that a grant holds.
    pub refresh_secs: u32,
    /// What happens while the store is away.
    pub on_failure: &'static str,
    /// Longest wait for an answer of the store.
    pub timeout_ms: u32,
    /// Clusters that rows may name; any if empty.
    pub clusters: &'static [&'static str],
}

impl Default for Sidecar {
    /// A store that is only slow because the machine is busy is waited for.
    fn default() -> Self {
        Self { refresh_secs: 60, on_failure: "last-good", timeout_ms: 5000, clusters: &[] }
    }
}

impl Sidecar {
    /// All but the connection.
    fn head(self) -> String {
        let Self { refresh_secs, on_failure, timeout_ms, clusters } = self;
        let deadline = timeout_ms + 1000;
        format!(
            "order = 10\non_failure = \"{on_failure}\"\n\
             [settings]\nrefresh_secs = {refresh_secs}\nclusters = {clusters:?}\n\
             [limits]\nauthenticate_deadline_ms = {deadline}\n"
        )
    }
}

impl Store {
    /// The settings of `auth-static`, which need no server.
    #[expect(clippy::unused_async, reason = "all stores are made in one way")]
    pub async fn fixed() -> Option<Self> {
        Some(Self::Fixed(Fixed::default()))
    }

    /// A Redis whose tables are named as Go code does; `None`, counted, without redis-server.
    pub async fn redis() -> Option<Self> {
        Some(Self::Redis(RedisOrm::start(Spelling::Code, &[]).await?))
    }

    /// A Redis whose tables are named as the workbench does; `None`, counted, without redis-server.
    pub async fn redis_workbench() -> Option<Self> {
        Some(Self::Redis(RedisOrm::start(Spelling::Workbench, &[]).await?))
    }

    /// A MariaDB; `None`, counted, where it is not installed.
    pub async fn mysql() -> Option<Self> {
        Some(Self::MySql(MySql::start(&[]).await?))
    }

    /// A Redis started with these further arguments.
    pub async fn redis_with(arguments: &[&str]) -> Option<Self> {
        Some(Self::Redis(RedisOrm::start(Spelling::Code, arguments).await?))
    }

    /// A MariaDB started with these further arguments.
    pub async fn mysql_with(arguments: &[&str]) -> Option<Self> {
        Some(Self::MySql(MySql::start(arguments).await?))
    }

    /// Name of the plugin that reads it.
    pub fn plugin(&self) -> &'static str {
        match self {
            Self::Fixed(_) => "auth-static",
            Self::Redis(_) => "auth-redis",
            Self::MySql(_) => "auth-mysql",
        }
    }

    /// Where its server listens, `ip:port`.
    ///
    /// # Panics
    /// If it has none.
    pub fn address(&self) -> &str {
        match self {
            Self::Fixed(_) => panic!("settings listen nowhere"),
            Self::Redis(redis) => &redis.server.address,
            Self::MySql(mysql) => &mysql.server.address,
        }
    }

    /// The file beside the plugin.
    pub fn toml(&self, sidecar: Sidecar) -> String {
        match self {
            Self::Fixed(fixed) => fixed.sidecar(sidecar.clusters),
            Self::Redis(redis) => redis.sidecar(sidecar),
            Self::MySql(mysql) => mysql.sidecar(sidecar),
        }
    }

    /// A gateway that asks this store who may log in, and knows [`OPERATOR`] besides.
    pub fn gateway(&self, sidecar: Sidecar) -> Builder {
        self.gateway_with(&self.toml(sidecar))
    }

    /// The same with another file beside the plugin.
    pub fn gateway_with(&self, toml: &str) -> Builder {
        gateway()
            .variable("STORE_PASSWORD", PASSWORD)
            .plugin("operator", "order = 1")
            .plugin(self.plugin(), toml)
    }

    /// Tells the store which gateway reads it: settings are changed in a gateway's plugin folder.
    pub fn attach(&mut self, gateway: &Gateway) {
        if let Self::Fixed(fixed) = self {
            fixed.attach(gateway);
        }
    }

    /// Adds a row.
    pub async fn insert(&mut self, row: &Row) {
        match self {
            Self::Fixed(fixed) => fixed.put(row).await,
            Self::Redis(redis) => drop(redis.insert(row).await),
            Self::MySql(mysql) => mysql.insert(row).await,
        }
    }

    /// Changes the row of this group.
    pub async fn update(&mut self, row: &Row) {
        match self {
            Self::Fixed(fixed) => fixed.put(row).await,
            Self::Redis(redis) => redis.update(row).await,
            Self::MySql(mysql) => mysql.update(row).await,
        }
    }

    /// Removes the row of this group.
    pub async fn delete(&mut self, group: &str) {
        match self {
            Self::Fixed(fixed) => fixed.remove(group).await,
            Self::Redis(redis) => redis.delete(group).await,
            Self::MySql(mysql) => mysql.delete(group).await,
        }
    }

    /// Ends the server, if the store is one, as a power cut would.
    pub async fn stop(&mut self) {
        match self {
            Self::Fixed(_) => {}
            Self::Redis(redis) => redis.server.kill().await,
            Self::MySql(mysql) => mysql.server.kill().await,
        }
    }

    /// Starts the ended server again on its data.
    pub async fn start(&mut self) {
        match self {
            Self::Fixed(_) => {}
            Self::Redis(redis) => redis.server.start_again().await,
            Self::MySql(mysql) => mysql.server.start_again().await,
        }
    }

    /// Questions that the server counted so far, to be compared with a later count; `None` where
    /// there is no server to ask.
    pub async fn questions(&self) -> Option<u64> {
        match self {
            Self::Fixed(_) => None,
            Self::Redis(redis) => Some(redis.questions().await),
            Self::MySql(mysql) => Some(mysql.questions().await),
        }
    }

    /// Makes the server answer nothing for so long; the task ends with that.
    pub async fn hang(&self, time: Duration) -> JoinHandle<()> {
        match self {
            Self::Fixed(_) => tokio::spawn(async {}),
            Self::Redis(redis) => redis.hang(time).await,
            Self::MySql(mysql) => mysql.hang(time).await,
        }
    }
}
