//! Runs a command beside a Kafka broker of its own.
//!
//! usage: `with-kafka [--version V] -- COMMAND…`, where V may be `newest` (default) or `oldest`
//!
//! The command finds the broker in `SLUICEGATE_KAFKA` (`host:port`) and its version in
//! `SLUICEGATE_KAFKA_VERSION`. The broker ends with the command, or with this program when it is
//! interrupted; the exit code is the command's. Where the machine lacks Kafka, that is counted as
//! skipped and the command runs without the variables, or not at all if it insists on Kafka with
//! `SLUICEGATE_TEST_BROKER=kafka`.

use std::{
    env,
    process::{ExitCode, ExitStatus},
};

use rustix::process::{Pid, Signal, kill_process};
use sluicegate_tests::{console::tell, kafka};
use tokio::{
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
};

#[tokio::main]
async fn main() -> ExitCode {
    let Some((version, words)) = parse(env::args().skip(1).collect()) else {
        tell("usage: with-kafka [--version V] -- COMMAND…");
        return ExitCode::from(2);
    };
    // Held until the command has ended.
    let cluster = kafka::cluster().version(&version).start().await;
    if cluster.is_none() && env::var("SLUICEGATE_TEST_BROKER").is_ok_and(|kind| kind == "kafka") {
        return ExitCode::SUCCESS; // There is nothing to run over, which was said and counted.
    }
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    if let Some(cluster) = &cluster {
        let address = cluster.address(1);
        tell(&format!("kafka {version} at {address}, process {}", cluster.process(1).id()));
        command.env("SLUICEGATE_KAFKA", address).env("SLUICEGATE_KAFKA_VERSION", &version);
    }
    let code = match command.spawn() {
        Ok(child) => code(end(child).await),
        Err(error) => {
            tell(&format!("starting `{}`: {error}", words[0]));
            127
        }
    };
    if let Some(mut cluster) = cluster {
        cluster.kill(1).await;
    }
    ExitCode::from(code)
}

/// The version and the command; `None` if that is not what was written.
fn parse(mut words: Vec<String>) -> Option<(String, Vec<String>)> {
    let mut version = kafka::NEWEST.to_owned();
    if words.first()? == "--version" {
        version = match words.get(1)?.as_str() {
            "newest" => kafka::NEWEST.to_owned(),
            "oldest" => kafka::OLDEST.to_owned(),
            other => other.to_owned(),
        };
        words.drain(..2);
    }
    if words.first()? != "--" || words.len() < 2 {
        return None;
    }
    words.remove(0);
    Some((version, words))
}

/// Waits for the command's end, and hands on to it what would end this program.
async fn end(mut child: Child) -> ExitStatus {
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let pid = pid.expect("it was not waited for yet");
    let mut interrupt = signal(SignalKind::interrupt()).expect("signals can be heard");
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be heard");
    loop {
        let heard = tokio::select! {
            status = child.wait() => return status.expect("a started program can be waited for"),
            _ = interrupt.recv() => Signal::INT,
            _ = terminate.recv() => Signal::TERM,
        };
        // It may have ended at this moment.
        let _ = kill_process(pid, heard);
    }
}

/// The command's exit code; as in a shell, 128 and the signal where one ended it.
fn code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
