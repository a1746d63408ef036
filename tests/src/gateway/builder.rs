//! The description of a gateway, before it runs.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use toml::{Table, Value};

use super::{Gateway, Refused, drop_in, listening, read, sluicegate, spawn};
use crate::{
    command::{Finished, finish},
    kafka::Space,
    workspace,
};

/// Begins the description of a gateway: an embedded log, no plugins, a free port.
///
/// With `SLUICEGATE_TEST_BROKER=kafka` it is the Kafka that `SLUICEGATE_KAFKA` names, under names
/// of its own, unless the scene says [`Builder::embedded`] or names another Kafka.
///
/// # Panics
/// If no temporary folder can be made, or no Kafka is named where one is asked for.
pub fn gateway() -> Builder {
    let builder = gateway_in(&env::temp_dir());
    if env::var("SLUICEGATE_TEST_BROKER").is_ok_and(|kind| kind == "kafka") {
        let space = crate::kafka::space();
        return builder.kafka(&space.expect("SLUICEGATE_TEST_BROKER=kafka needs SLUICEGATE_KAFKA"));
    }
    builder
}

/// Begins the same description, always with an embedded log; its temporary folder is made below
/// `parent`.
///
/// # Panics
/// If no folder can be made there.
pub fn gateway_in(parent: &Path) -> Builder {
    let folder = TempDir::new_in(parent).expect("a temporary folder can be made");
    fs::create_dir(folder.path().join("plugins.d")).expect("the folder is empty");
    let builder = Builder { folder, config: Table::new(), program: None, environment: Vec::new() };
    builder
        .set("listen.address", "127.0.0.1:0")
        .set("listen.drain_secs", 5)
        .set("broker.kind", "embedded")
        .set("plugins.cache_folder", workspace::plugin_cache().display().to_string())
        .set("log.format", "json")
}

/// A gateway that is being described.
#[derive(Debug)]
pub struct Builder {
    folder: TempDir,
    config: Table,
    program: Option<PathBuf>,
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

    /// Puts the embedded log behind it, whatever broker the scenes run over: for scenes about its
    /// files.
    #[must_use]
    pub fn embedded(mut self) -> Self {
        self.broker().remove("clusters");
        self.set("broker.kind", "embedded")
    }

    /// Puts this Kafka behind it, as cluster `main`, under names of the space's own.
    #[must_use]
    pub fn kafka(mut self, space: &Space) -> Self {
        self.broker().remove("clusters");
        let cluster = Table::from_iter([
            ("bootstrap".to_owned(), Value::from(space.bootstrap().to_vec())),
            ("name_prefix".to_owned(), Value::from(space.prefix())),
        ]);
        self.cluster("main", &cluster.to_string())
    }

    /// Adds to the settings of one Kafka cluster, or names one more; TOML as it stands below
    /// `[broker.clusters.NAME]`.
    ///
    /// # Panics
    /// If it is no TOML.
    #[must_use]
    pub fn cluster(mut self, name: &str, toml: &str) -> Self {
        let settings: Table = toml.parse().unwrap_or_else(|error| panic!("{toml}: {error}"));
        let clusters = self.broker().entry("clusters").or_insert_with(|| Table::new().into());
        let clusters = clusters.as_table_mut().expect("clusters are a table");
        let cluster = clusters.entry(name).or_insert_with(|| Table::new().into());
        cluster.as_table_mut().expect("a cluster is a table").extend(settings);
        self.set("broker.kind", "kafka")
    }

    fn broker(&mut self) -> &mut Table {
        let broker = self.config.entry("broker").or_insert_with(|| Table::new().into());
        broker.as_table_mut().expect("the broker is a table")
    }

    /// Adds TOML as it stands in the configuration; its tables replace those of the same name.
    ///
    /// # Panics
    /// If it is no TOML.
    #[must_use]
    pub fn toml(mut self, toml: &str) -> Self {
        let settings: Table = toml.parse().unwrap_or_else(|error| panic!("{toml}: {error}"));
        self.config.extend(settings);
        self
    }

    /// Runs this program in place of the one under test.
    #[must_use]
    pub fn program(mut self, program: &Path) -> Self {
        self.program = Some(program.to_owned());
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

    /// What `sluicegate check` says about it.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn check(self) -> Finished {
        let builder = self.write();
        let mut command = sluicegate(&["check", "--config", "gateway.toml"]);
        command.current_dir(builder.folder.path());
        finish(command, "").await
    }

    /// Starts it and waits until it listens or ends.
    ///
    /// # Errors
    /// How it ended, and its log.
    pub async fn try_start(self) -> Result<Gateway, Refused> {
        let Self { folder, program, environment, .. } = self.write();
        let program = program.unwrap_or_else(workspace::program);
        let mut process = spawn(&program, folder.path(), &environment);
        let address = listening(&mut process).await?;
        Ok(Gateway { address, process, folder, program, environment })
    }

    /// Completes the configuration and writes it.
    fn write(mut self) -> Self {
        let folder = self.folder.path().to_owned();
        let broker = self.broker();
        if broker["kind"].as_str() != Some("kafka") && !broker.contains_key("folder") {
            self = self.set("broker.folder", folder.join("data").display().to_string());
        }
        let plugins = folder.join("plugins.d").display().to_string();
        self = self.set("plugins.folder", plugins);
        fs::write(folder.join("gateway.toml"), self.config.to_string()).expect("it can be written");
        self
    }
}

/// Has a gateway that is described already listen at this address.
pub(super) fn listen_at(folder: &Path, address: &str) {
    let path = folder.join("gateway.toml");
    let text = fs::read_to_string(&path).expect("the configuration was written");
    let mut config: Table = text.parse().expect("it is TOML");
    config["listen"]["address"] = address.into();
    fs::write(path, config.to_string()).expect("it can be written");
}
