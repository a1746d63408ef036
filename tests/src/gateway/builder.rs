//! The description of a gateway, before it runs.

use std::fs;

use tempfile::TempDir;
use toml::{Table, Value};

use super::{Gateway, Refused, drop_in, listening, read, spawn};
use crate::workspace;

/// Begins the description of a gateway: an embedded log, no plugins, a free port.
///
/// # Panics
/// If no temporary folder can be made.
pub fn gateway() -> Builder {
    let folder = TempDir::new().expect("a temporary folder can be made");
    fs::create_dir(folder.path().join("plugins.d")).expect("the folder is empty");
    let builder = Builder { folder, config: Table::new(), environment: Vec::new() };
    builder
        .set("listen.address", "127.0.0.1:0")
        .set("listen.drain_secs", 5)
        .set("broker.kind", "embedded")
        // Compiled code depends on the component alone, so all tests may share it.
        .set("plugins.cache_folder", workspace::target().join("plugin-cache").display().to_string())
        .set("log.format", "json")
}

/// A gateway that is being described.
#[derive(Debug)]
pub struct Builder {
    folder: TempDir,
    config: Table,
    environment: Vec<(String, String)>,
}

impl Builder {
    /// Puts a built component into the plugin folder, with this TOML beside it.
    #[must_use]
    pub fn plugin(self, name: &str, toml: &str) -> Self {
        self.plugin_file(name, &read(&workspace::component(name)), toml)
    }

    /// Puts any bytes into the plugin folder as `NAME.wasm`, with this TOML beside them.
    #[must_use]
    pub fn plugin_file(self, name: &str, wasm: &[u8], toml: &str) -> Self {
        drop_in(&self.folder.path().join("plugins.d"), name, wasm, toml);
        self
    }

    /// Sets one key of the configuration, for example `listen.connections_max`.
    #[must_use]
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        let (table, key) = key.split_once('.').expect("keys stand in a table");
        let table = self.config.entry(table).or_insert_with(|| Value::Table(Table::new()));
        table.as_table_mut().expect("only tables at the top").insert(key.to_owned(), value.into());
        self
    }

    /// Sets a variable of the gateway's environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds the unix socket, whose path [`Gateway::socket`] tells.
    #[must_use]
    pub fn unix_socket(self) -> Self {
        let path = self.folder.path().join("socket").display().to_string();
        self.set("listen.unix_socket", path)
    }

    /// Starts it and waits until it listens.
    ///
    /// # Panics
    /// If it does not start; the message shows its log.
    pub async fn start(self) -> Gateway {
        let refused = match self.try_start().await {
            Ok(gateway) => return gateway,
            Err(refused) => refused,
        };
        panic!("the gateway did not start ({}):\n{}", refused.status, refused.log);
    }

    /// Starts it and waits until it listens or ends.
    ///
    /// # Errors
    /// How it ended, and its log.
    pub async fn try_start(mut self) -> Result<Gateway, Refused> {
        let folder = self.folder.path().to_owned();
        if !self.config["broker"].as_table().is_some_and(|broker| broker.contains_key("folder")) {
            self = self.set("broker.folder", folder.join("data").display().to_string());
        }
        let plugins = folder.join("plugins.d").display().to_string();
        self = self.set("plugins.folder", plugins);
        fs::write(folder.join("gateway.toml"), self.config.to_string()).expect("it can be written");
        let mut process = spawn(&folder, &self.environment);
        match listening(&mut process).await {
            Ok(address) => {
                let Self { folder, environment, .. } = self;
                Ok(Gateway { address, process, folder, environment })
            }
            Err(refused) => Err(refused),
        }
    }
}
