//! One run of another program, from start to end.

use std::{path::Path, process::Stdio, time::Duration};

use tokio::{io::AsyncWriteExt as _, process::Command, time::timeout};

/// Longest run of a client program; building the Go ones takes most of it.
const RUN_MAX: Duration = Duration::from_mins(4);

/// What a finished program left behind.
#[derive(Debug)]
pub struct Finished {
    /// True if it ended with exit code 0.
    pub succeeded: bool,
    /// Its standard output.
    pub output: String,
    /// Its standard error.
    pub errors: String,
}

/// Runs `program`, gives it `input`, and waits for its end.
///
/// # Panics
/// If it cannot be started or runs too long.
pub async fn run(program: &Path, arguments: &[&str], input: &str) -> Finished {
    let mut command = Command::new(program);
    command.args(arguments);
    finish(command, input).await
}

/// Runs a command that is ready to start, gives it `input`, and waits for its end.
///
/// # Panics
/// If it cannot be started or runs too long.
pub async fn finish(mut command: Command, input: &str) -> Finished {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("starting {command:?}: {error}"));
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_owned();
    // A program may end without reading its input.
    tokio::spawn(async move { stdin.write_all(input.as_bytes()).await.is_ok() });
    let output = timeout(RUN_MAX, child.wait_with_output())
        .await
        .unwrap_or_else(|_| panic!("{command:?} did not end"))
        .expect("a started program can be waited for");
    Finished {
        succeeded: output.status.success(),
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Finished {
    /// Its output.
    ///
    /// # Panics
    /// If it failed, showing everything it wrote.
    pub fn output_of_success(self) -> String {
        assert!(self.succeeded, "it failed:\n{}\n{}", self.output, self.errors);
        self.output
    }
}
