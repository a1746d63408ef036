//! A real Redis beside the gateway.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::{process::Command, time::sleep};

use crate::{
    Client, missing,
    ports::free_port,
    process::{PATIENCE, Process},
};

/// A running redis-server.
#[derive(Debug)]
pub struct Redis {
    /// Where it listens.
    pub address: String,
    program: PathBuf,
    arguments: Vec<String>,
    process: Process,
    _folder: TempDir,
}

impl Redis {
    /// Starts one with these further arguments; `None` where redis-server is not installed.
    pub async fn start(arguments: &[&str]) -> Option<Self> {
        let program = missing::require("redis-server")?;
        let folder = TempDir::new().expect("a temporary folder can be made");
        let port = free_port().to_string();
        let mut all = vec!["--port", &port, "--save", "", "--bind", "127.0.0.1"];
        all.extend_from_slice(arguments);
        let mut arguments: Vec<String> = all.into_iter().map(str::to_owned).collect();
        arguments.extend(["--dir".to_owned(), folder.path().display().to_string()]);
        let process = Process::start(command(&program, &arguments));
        let address = format!("127.0.0.1:{port}");
        let mut redis = Self { address, program, arguments, process, _folder: folder };
        redis.wait_until_it_answers().await;
        Some(redis)
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// SIGKILL. What it holds outlives this only with `--appendonly yes`.
    pub async fn kill(&mut self) {
        self.process.kill().await;
    }

    /// Starts the killed server once more, at the same address and on the same data.
    pub async fn start_again(&mut self) {
        self.process = Process::start(command(&self.program, &self.arguments));
        self.wait_until_it_answers().await;
    }

    async fn wait_until_it_answers(&mut self) {
        let end = Instant::now() + PATIENCE;
        while self.process.is_running() && Instant::now() < end {
            if self.answers().await {
                return;
            }
            sleep(Duration::from_millis(25)).await;
        }
        panic!("redis-server does not answer: {}", self.process.log().text());
    }

    /// True once it serves: while it reads its data back it answers `-LOADING`.
    async fn answers(&self) -> bool {
        let Ok(mut client) = Client::connect(&self.address).await else { return false };
        if client.write(b"PING\r\n").await.is_err() {
            return false;
        }
        let reply = client.next().await.ok().flatten();
        reply.is_some_and(|reply| !reply.to_string().starts_with("-LOADING"))
    }
}

fn command(program: &PathBuf, arguments: &[String]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}
