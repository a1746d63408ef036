//! `plugin bench` measures every role, and says which part is the gateway's own.

use sluicegate_tests::{
    command::{Finished, finish},
    gateway::sluicegate,
    workspace,
};

/// Measures built guests, with few calls: what is looked at is what is told, not how fast it is.
async fn bench(guests: &[&str], arguments: &[&str]) -> Finished {
    let mut command = sluicegate(&["plugin", "bench", "--calls", "200"]);
    command.args(guests.iter().map(|guest| workspace::component(guest))).args(arguments);
    finish(command, "").await
}

#[tokio::test]
async fn every_role_is_measured_beside_the_gateways_own_part() {
    let guests = ["noop-filter", "noop-router", "noop-partitioner", "noop-transcoder", "noop-auth"];

    let told = bench(&guests, &["--markdown"]).await.output_of_success();

    let heads = "| total (plugin's own) | on-produce | on-consume | route | partition, one key | \
                 partition, a key of 64 | encode | decode | authenticate |";
    assert!(told.contains(heads), "{told}");
    let rows: Vec<_> = told.lines().filter(|line| line.starts_with("| noop-")).collect();
    assert_eq!(rows.len(), 2 * guests.len(), "{told}");
    let host = told.lines().find(|line| line.starts_with("| the gateway alone |"));
    let host = host.unwrap_or_else(|| panic!("{told}"));
    assert!(!host.contains('–') && !host.contains("| 0 ns"), "{host}");
    assert!(told.contains("giving it back: "), "{told}");
    assert!(told.contains("Best of 8 rounds of 20 ms"), "{told}");
}

#[tokio::test]
async fn a_call_that_fails_is_told_and_does_not_end_the_run() {
    let told =
        bench(&["upper", "misbehaving"], &["--json", r#"{"value": "misbehave:trap"}"#]).await;
    let told = told.output_of_success();

    let line = |start: &str| told.lines().find(|line| line.starts_with(start)).unwrap_or_default();
    assert!(line("upper        on-produce").ends_with("replace"), "{told}");
    assert!(line("misbehaving  1").contains("no call gives an answer"), "{told}");
    assert!(line("misbehaving  on-produce").contains("FAILED: plugin `misbehaving`"), "{told}");
    assert!(line("misbehaving  on-consume").contains("FAILED: "), "{told}");
}

#[tokio::test]
async fn a_file_that_is_refused_is_named() {
    let told = bench(&["stamp"], &[]).await;

    assert!(!told.succeeded && told.output.is_empty());
    assert!(told.errors.contains("plugin `stamp` was refused"), "{}", told.errors);
}
