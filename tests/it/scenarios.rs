//! The conversations of the repository, played as users play theirs, and what they find out.

mod brokers; //  one snapshot over three brokers
mod one_line; // a changed line of a plugin is told by the plugin's name
mod secrets; //  what nobody may read
mod shuffled; // the same bytes in any order

use std::path::PathBuf;

use sluicegate_tests::{
    command::{Finished, finish},
    gateway::sluicegate,
    workspace,
};

/// The pipeline of five plugins.
fn orders() -> PathBuf {
    workspace::root().join("tests/scenarios/orders")
}

/// `sluicegate test` with these arguments.
async fn test(arguments: &[&str]) -> Finished {
    let mut command = sluicegate(&["test"]);
    command.args(arguments).env("XDG_CACHE_HOME", workspace::cache_home());
    finish(command, "").await
}
