//! The program under test, started as its users start it.

mod builder;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitStatus,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use tempfile::TempDir;
use tokio::{process::Command, time::sleep};

use crate::{
    Client,
    http::HttpClient,
    process::{PATIENCE, Process},
    workspace,
};

pub use builder::{Builder, gateway, gateway_in};

/// A running gateway; killed and removed with its data when dropped.
#[derive(Debug)]
pub struct Gateway {
    /// Where it listens for TCP, `ip:port`.
    pub address: String,
    process: Process,
    folder: TempDir,
    program: PathBuf,
    environment: Vec<(String, String)>,
}

/// A gateway that did not start.
#[derive(Debug)]
pub struct Refused {
    /// How it ended.
    pub status: ExitStatus,
    /// What it said.
    pub log: String,
}

impl Gateway {
    /// A new connection.
    ///
    /// # Panics
    /// If the gateway does not take it.
    pub async fn client(&self) -> Client {
        Client::connect(&self.address).await.expect("the gateway takes a connection")
    }

    /// A new connection that has logged in with `AUTH`.
    ///
    /// # Panics
    /// If the gateway refuses the credentials.
    pub async fn client_as(&self, secret: &str) -> Client {
        let mut client = self.client().await;
        assert_eq!(client.send_args(&["AUTH", secret]).await, "+OK", "AUTH {secret}");
        client
    }

    /// A new connection to its HTTP surface, which the scene has set `http.address` for.
    pub async fn http(&self) -> HttpClient {
        HttpClient::connect(&self.http_address().await).await
    }

    /// Where it listens for HTTP.
    pub async fn http_address(&self) -> String {
        address_in(&self.logs("listening for http").await)
    }

    /// The port it listens on.
    ///
    /// # Panics
    /// Never: an address has a port.
    pub fn port(&self) -> &str {
        self.address.rsplit(':').next().expect("an address has a port")
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// True until it ends.
    pub fn is_running(&mut self) -> bool {
        self.process.is_running()
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        self.process.log().text()
    }

    /// Waits for a log line that holds `words`.
    ///
    /// # Panics
    /// If none comes.
    pub async fn logs(&self, words: &str) -> String {
        let line = self.process.log().wait_for(words).await;
        line.unwrap_or_else(|| panic!("no log line holds {words:?}:\n{}", self.log()))
    }

    /// Its unix socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// The folder of everything it reads and writes: settings, data, plugins, socket.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its embedded log's folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Its plugin folder.
    pub fn plugins(&self) -> PathBuf {
        self.folder.path().join("plugins.d")
    }

    /// Puts a plugin into the folder of the running gateway.
    pub fn drop_in(&self, name: &str, wasm: &[u8], toml: &str) {
        drop_in(&self.plugins(), name, wasm, toml);
    }

    /// SIGKILL: what a power cut leaves is left.
    pub async fn kill(&mut self) {
        self.process.kill().await;
    }

    /// SIGTERM, and how it ended.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.process.signal(Signal::TERM);
        self.process.wait().await.unwrap_or_else(|error| panic!("{error}:\n{}", self.log()))
    }

    /// Starts the ended gateway once more on the same data and plugins.
    ///
    /// # Panics
    /// If it does not start; the message shows its log.
    pub async fn start_again(&mut self) {
        let refused = match self.try_start_again().await {
            Ok(()) => return,
            Err(refused) => refused,
        };
        panic!("the gateway did not start again ({}):\n{}", refused.status, refused.log);
    }

    /// Starts the ended gateway once more on the same data and plugins, as another program.
    ///
    /// # Panics
    /// If it does not start; the message shows its log.
    pub async fn start_again_as(&mut self, program: &Path) {
        program.clone_into(&mut self.program);
        self.start_again().await;
    }

    /// Starts the ended gateway once more on the same data and plugins, and at the same address:
    /// for clients that come back by themselves.
    ///
    /// # Panics
    /// If it does not start; the message shows its log.
    pub async fn start_again_in_place(&mut self) {
        builder::listen_at(self.folder.path(), &self.address);
        let end = Instant::now() + PATIENCE;
        while let Err(refused) = self.try_start_again().await {
            // Somebody's connection may come from this very port for a moment.
            let is_taken = refused.log.contains("in use") && Instant::now() < end;
            assert!(is_taken, "not started again ({}):\n{}", refused.status, refused.log);
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Starts the ended gateway once more on the same data and plugins.
    ///
    /// # Errors
    /// How it ended, and its log.
    pub async fn try_start_again(&mut self) -> Result<(), Refused> {
        self.process = spawn(&self.program, self.folder.path(), &self.environment);
        self.address = listening(&mut self.process).await?;
        Ok(())
    }
}

/// `sluicegate` with these arguments, as a command to run.
pub fn sluicegate(arguments: &[&str]) -> Command {
    let mut command = Command::new(workspace::program());
    command.args(arguments);
    command
}

/// Puts a plugin into `folder` as a careful installer does: complete, then renamed into place.
///
/// # Panics
/// If the folder cannot be written.
pub fn drop_in(folder: &Path, name: &str, wasm: &[u8], toml: &str) {
    if !toml.is_empty() {
        rename_into(&folder.join(format!("{name}.toml")), toml.as_bytes());
    }
    rename_into(&folder.join(format!("{name}.wasm")), wasm);
}

/// The bytes of a file.
///
/// # Panics
/// If it cannot be read.
pub fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()))
}

fn rename_into(path: &Path, bytes: &[u8]) {
    let aside = path.with_extension("part");
    fs::write(&aside, bytes).expect("the plugin folder can be written");
    fs::rename(&aside, path).expect("a file can be renamed within a folder");
}

fn spawn(program: &Path, folder: &Path, environment: &[(String, String)]) -> Process {
    let mut command = Command::new(program);
    command.args(["serve", "--config"]).arg(folder.join("gateway.toml")).current_dir(folder);
    for (name, value) in environment {
        command.env(name, value);
    }
    Process::start(command)
}

async fn listening(process: &mut Process) -> Result<String, Refused> {
    let ready = process.log().clone();
    tokio::select! {
        line = ready.wait_for("\"listening\"") => {
            let line = line.unwrap_or_else(|| panic!("it never listened:\n{}", ready.text()));
            Ok(address_in(&line))
        }
        status = process.wait() => {
            // The pipe may still hold the last lines.
            sleep(Duration::from_millis(50)).await;
            Err(Refused { status: status.expect("it ended"), log: ready.text() })
        }
    }
}

/// The address of the log line `listening`; empty if it only listens on a unix socket.
fn address_in(line: &str) -> String {
    let event: serde_json::Value = serde_json::from_str(line).expect("the log is JSON");
    let fields = event.get("fields").unwrap_or(&event);
    fields.get("address").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}
