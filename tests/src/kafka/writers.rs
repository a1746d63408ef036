//! Producers of other makes: kcat (librdkafka) and Kafka's Java console producer.

use std::{process::Stdio, time::Duration};

use tokio::{io::AsyncWriteExt as _, process::Command};

use super::{Space, jars};
use crate::{command::finish, missing};

/// Writes `input` to a topic with kcat, one record a line; false, counted, where kcat is missing.
///
/// `arguments` are kcat's: `-K :` for keys, `-Z` for nulls, `-H name=value`, `-z snappy`, `-p 3`,
/// `-X transactional.id=…`.
pub async fn kcat(space: &Space, topic: &str, arguments: &[&str], input: &str) -> bool {
    let Some(command) = kcat_command(space, topic, arguments) else { return false };
    finish(command, input).await.output_of_success();
    true
}

/// Lines that push others out of kcat's buffers.
const FILLING: usize = 200;

/// Writes `input` and more in a transaction that is aborted; false, counted, where kcat is missing.
///
/// # Panics
/// If kcat does not do as it is told.
pub async fn kcat_aborted(space: &Space, topic: &str, arguments: &[&str], input: &str) -> bool {
    let id = format!("transactional.id={}aborted", space.prefix());
    let arguments = [arguments, &["-X", &id]].concat();
    let Some(mut command) = kcat_command(space, topic, &arguments) else { return false };
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().expect("kcat starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    // kcat reads in blocks, so the records go out only with more of their kind behind them.
    let more = format!("{}\n", "aborted ".repeat(100)).repeat(FILLING);
    let all = [input.as_bytes(), more.as_bytes()].concat();
    stdin.write_all(&all).await.expect("kcat reads");
    stdin.flush().await.expect("kcat reads");
    // kcat says nothing when records have left it.
    tokio::time::sleep(Duration::from_secs(1)).await;
    child.kill().await.expect("it still reads");
    // The next one of this id ends what the first has left open, before it begins its own.
    kcat(space, topic, &arguments, "").await
}

/// Writes `input` to a topic with Kafka's console producer.
///
/// `properties` say how lines are read: `parse.key=true`, `parse.headers=true`,
/// `null.marker=NULL`, `key.separator=:`; `arguments` are its own, as `--compression-codec lz4`.
pub async fn console_producer(
    space: &Space,
    topic: &str,
    properties: &[&str],
    arguments: &[&str],
    input: &str,
) {
    let tools = space.tools();
    // Up to 3.9 it is a class of the server's.
    let class = match tools.version().split('.').next() {
        Some("3") => "kafka.tools.ConsoleProducer",
        _ => "org.apache.kafka.tools.ConsoleProducer",
    };
    let mut command = jars::java(tools.version(), 128, class);
    command.args(["--bootstrap-server", tools.bootstrap(), "--topic", &space.name(topic)]);
    command.args(properties.iter().flat_map(|property| ["--property", property]));
    command.args(arguments);
    finish(command, input).await.output_of_success();
}

fn kcat_command(space: &Space, topic: &str, arguments: &[&str]) -> Option<Command> {
    let mut command = Command::new(missing::require("kcat")?);
    command.args(["-P", "-b", space.tools().bootstrap(), "-t", &space.name(topic)]);
    command.args(arguments);
    Some(command)
}
