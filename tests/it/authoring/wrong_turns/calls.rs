//! Plugins that break while they are called: what the client hears, and what the operator reads.

use sluicegate_tests::gateway;

use super::{Redactions, keep, plugin_lines};

#[tokio::test]
async fn a_call_that_breaks_is_told_to_the_client_and_in_the_log() {
    // 1 GiB is over this limit; a result of 100 MB is not, and meets the limit on results. The time
    // is long enough to fill memory on a busy machine.
    let toml = "[limits]\nmemory_bytes_max = 268435456\ncall_deadline_ms = 1000\n\
                failures_in_a_row_max = 100\n";
    for (name, mode) in [
        ("panic", "trap"),
        ("endless-loop", "loop"),
        ("too-much-memory", "allocate"),
        ("too-large-a-result", "result"),
        ("endless-recursion", "stack"),
    ] {
        let text = broken_call("misbehaving", toml, &format!("misbehave:{mode}")).await;
        keep(&format!("call-{name}"), &text);
    }
}

#[tokio::test]
async fn a_plugin_that_keeps_failing_says_that_it_is_left_alone() {
    let toml = "[limits]\nfailures_in_a_row_max = 1\n";
    let gateway = gateway().embedded().plugin("misbehaving", toml).start().await;
    let mut client = gateway.client().await;
    client.send("XADD hurt * value misbehave:trap").await;

    let reply = client.send("XADD hurt * value x").await;

    keep("call-quarantined", &format!("{reply}\n\nlog\n{}", plugin_lines(&gateway, 0)));
}

/// Publishes one value to a gateway with this plugin alone: the reply, and the lines of the log.
pub(in super::super) async fn broken_call(plugin: &str, toml: &str, value: &str) -> String {
    let gateway = gateway().embedded().plugin(plugin, toml).start().await;
    let mut client = gateway.client().await;
    let from = gateway.log().lines().count();

    let reply = client.send(&format!("XADD hurt * value {value}")).await;

    gateway.logs("plugin call failed").await;
    let log = plugin_lines(&gateway, from);
    let text = format!("> XADD hurt * value {value}\n{reply}\n\nlog\n{log}");
    Redactions::new().folder(&gateway.plugins(), "[PLUGINS]").text(&text)
}
