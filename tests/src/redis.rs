//! A real Redis beside the gateway.

use std::{net::TcpListener, time::Duration};

use tempfile::TempDir;
use tokio::{process::Command, time::sleep};

use crate::{Client, missing, process::Process};

/// A running redis-server.
#[derive(Debug)]
pub struct Redis {
    /// Where it listens.
    pub address: String,
    process: Process,
    _folder: TempDir,
}

impl Redis {
    /// Starts one with these further arguments; `None` where redis-server is not installed.
    pub async fn start(arguments: &[&str]) -> Option<Self> {
        let program = missing::require("redis-server")?;
        let folder = TempDir::new().expect("a temporary folder can be made");
        let port = free_port().to_string();
        let mut command = Command::new(program);
        command.args(["--port", &port, "--save", "", "--bind", "127.0.0.1"]).args(arguments);
        command.arg("--dir").arg(folder.path());
        let address = format!("127.0.0.1:{port}");
        let redis = Self { address, process: Process::start(command), _folder: folder };
        redis.wait_until_it_answers().await;
        Some(redis)
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    async fn wait_until_it_answers(&self) {
        for _ in 0..200 {
            if Client::connect(&self.address).await.is_ok() {
                return;
            }
            sleep(Duration::from_millis(25)).await;
        }
        panic!("redis-server does not answer: {}", self.process.log().text());
    }
}

/// A port that nobody used a moment ago; for programs that cannot choose one themselves.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    listener.local_addr().expect("a bound socket has an address").port()
}
