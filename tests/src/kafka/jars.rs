//! Kafka's programs: Java and the jars that `.ci/setup` fetches.

use std::path::PathBuf;

use tokio::process::Command;

use crate::{missing, workspace};

/// The newest Kafka that is tested with, and the one that is started where nothing else is said.
pub const NEWEST: &str = "4.3.0";
/// The oldest Kafka that the gateway supports.
pub const OLDEST: &str = "3.9.1";

/// Flags for programs that live shortly on few cores: a broker's start takes 2.1 s of processor
/// time with them, measured, and 3.8 s without.
const QUICK: [&str; 2] = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

/// True if this machine can start brokers of this version; counted and said aloud where not.
pub(super) fn are_there(version: &str) -> bool {
    if missing::require("java").is_none() {
        return false;
    }
    let found = folder(version).is_some();
    if !found {
        missing::skip(&format!("Kafka {version} was not fetched: run `make setup`"));
    }
    found
}

/// A class of Kafka's with a heap of at most so many megabytes, as a command that lacks only its
/// arguments.
///
/// # Panics
/// If this Kafka was not fetched.
pub(super) fn java(version: &str, heap_mb: u32, class: &str) -> Command {
    let folder = folder(version).unwrap_or_else(|| panic!("Kafka {version}: run `make setup`"));
    let mut command = Command::new("java");
    command.args(QUICK).arg(format!("-Xmx{heap_mb}m"));
    for logs in ["defaultLogLevel=warn", "log.kafka.server.KafkaRaftServer=info"] {
        command.arg(format!("-Dorg.slf4j.simpleLogger.{logs}"));
    }
    command.arg("-cp").arg(folder.join("*")).arg(class);
    command
}

fn folder(version: &str) -> Option<PathBuf> {
    let targets = [workspace::target(), workspace::root().join("target")];
    let folders = targets.map(|target| target.join("kafka").join(version));
    // Written last, so it tells that the folder is complete.
    folders.into_iter().find(|folder| folder.join("pom.xml").is_file())
}
