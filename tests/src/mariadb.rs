//! A real MariaDB beside the gateway.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::{process::Command, time::sleep};

use crate::{
    command::{Finished, finish},
    missing,
    ports::free_port,
    process::{PATIENCE, Process},
    workspace,
};

/// The database that statements are about.
pub const DATABASE: &str = "databus";

/// Settings that make a server small and quick to start.
const SMALL: &[&str] = &[
    "--no-defaults",
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--performance-schema=OFF",
    "--innodb-buffer-pool-size=16M",
    "--innodb-log-file-size=4M",
    "--max-connections=200",
];

/// A running mariadbd with an empty database.
#[derive(Debug)]
pub struct MariaDb {
    /// Where it listens.
    pub address: String,
    port: u16,
    programs: Programs,
    arguments: Vec<String>,
    process: Process,
    folder: TempDir,
}

#[derive(Debug)]
struct Programs {
    server: PathBuf,
    client: PathBuf,
}

impl MariaDb {
    /// Starts one with these further arguments; `None` where it is not installed.
    pub async fn start(arguments: &[&str]) -> Option<Self> {
        let server = missing::require("mariadbd")?;
        let client = missing::require("mariadb")?;
        let template = template(&missing::require("mariadb-install-db")?).await;
        let folder = TempDir::new().expect("a temporary folder can be made");
        copy(&template, folder.path()).expect("the empty database can be copied");
        let (port, programs) = (free_port(), Programs { server, client });
        let arguments = arguments.iter().map(|&argument| argument.to_owned());
        let arguments: Vec<_> = arguments.chain([format!("--port={port}")]).collect();
        let process = spawn(&programs.server, &arguments, folder.path());
        let address = format!("127.0.0.1:{port}");
        let mut database = Self { address, port, programs, arguments, process, folder };
        database.wait_until_it_answers().await;
        Some(database)
    }

    /// Runs statements and gives what they print: columns apart by tabs, no heads.
    ///
    /// # Panics
    /// If one is refused.
    pub async fn execute(&self, statements: &str) -> String {
        finish(self.client(), statements).await.output_of_success()
    }

    /// The command-line client as the administrator, ready to read statements.
    pub fn client(&self) -> Command {
        let mut command = Command::new(&self.programs.client);
        command.args(["--no-defaults", "--host=127.0.0.1", "--user=root", "--batch"]);
        command.args(["--skip-column-names", "--port", &self.port.to_string(), DATABASE]);
        command
    }

    /// SIGKILL. What was committed stays.
    pub async fn kill(&mut self) {
        self.process.kill().await;
    }

    /// Starts the killed server once more, at the same address and on the same data.
    pub async fn start_again(&mut self) {
        self.process = spawn(&self.programs.server, &self.arguments, self.folder.path());
        self.wait_until_it_answers().await;
    }

    async fn wait_until_it_answers(&mut self) {
        let end = Instant::now() + PATIENCE;
        while self.process.is_running() && Instant::now() < end {
            let Finished { succeeded, .. } = finish(self.client(), "SELECT 1;").await;
            if succeeded {
                return;
            }
            sleep(Duration::from_millis(25)).await;
        }
        panic!("mariadbd does not answer: {}", self.process.log().text());
    }
}

fn spawn(server: &Path, arguments: &[String], folder: &Path) -> Process {
    let mut command = Command::new(server);
    command.args(SMALL).args(as_root()).args(arguments);
    command.arg(format!("--datadir={}", folder.display()));
    command.arg(format!("--socket={}", folder.join("socket").display()));
    Process::start(command)
}

/// Its programs run as root only if told so, and as anyone else only if not.
fn as_root() -> Option<&'static str> {
    rustix::process::getuid().is_root().then_some("--user=root")
}

/// A data folder with an empty [`DATABASE`]; made once, since that takes longer than a start.
async fn template(install: &Path) -> PathBuf {
    let template = workspace::target().join("mariadb");
    if !template.is_dir() {
        fs::create_dir_all(workspace::target()).expect("the target folder can be made");
        let aside = TempDir::new_in(workspace::target()).expect("it can be written");
        let mut command = Command::new(install);
        command.arg("--no-defaults").arg(format!("--datadir={}", aside.path().display()));
        command.args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
        command.arg("--innodb-log-file-size=4M").args(as_root());
        finish(command, "").await.output_of_success();
        // To the server a folder in its data folder is a database.
        fs::create_dir(aside.path().join(DATABASE)).expect("it can be written");
        // Another test may have been quicker: then this one goes again with its handle.
        let _ = fs::rename(aside.path(), &template);
    }
    template
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
