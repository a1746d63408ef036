//! Calls made by hand, and their text.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use sluicegate::{
    plugin::PluginSettings,
    telemetry::LogLevel,
    trace::{Change, Line, Outcome, PluginId, Step},
};

use super::*;
use crate::cli::plugin::input::Input;

fn file() -> PluginFile {
    PluginFile {
        path: "guard.wasm".into(),
        wasm: Vec::new(),
        settings: PluginSettings::new("guard"),
        settings_path: Some("guard.toml".into()),
        settings_shown: r#"{"redact":"card"}"#.into(),
    }
}

fn guard() -> PluginId {
    PluginId { name: "guard".into(), version: "0.1.0".into(), hash: "0123456789ab".into() }
}

fn step(call: &'static str, outcome: Outcome) -> Step {
    Step {
        plugin: guard(),
        call,
        outcome,
        change: None,
        lines: Vec::new(),
        host_calls: Vec::new(),
        took: Duration::from_micros(12),
    }
}

fn called(subject: Subject, steps: Vec<Step>) -> Called {
    Called {
        plugin: guard(),
        subject,
        steps,
        public: None,
        lines_dropped: 0,
        counters: BTreeMap::new(),
        cost: Cost {
            took: Duration::from_micros(12),
            deadline: Duration::from_millis(100),
            memory_after: Some(131_072),
            memory_before: 65_536,
            memory_max: 1 << 26,
        },
    }
}

#[test]
fn a_whole_page_tells_what_changed_and_what_was_said() {
    let json = r#"{"key": "k", "value": {"card": "1"}, "timestamp_ms": 5, "headers": {"a": "1"}}"#;
    let Input { message, principal, .. } = Input::parse(json).unwrap();
    let mut after = message.clone();
    after.record.value = Some(Bytes::from(r#"{"card": "***"}"#));
    let mut filter = step("filter.on-produce", Outcome::Forward);
    filter.change = Some(Change { before: message.clone(), after });
    filter.lines = vec![Line { level: LogLevel::Warn, words: "one card".into() }];
    let mut called = called(Subject::Message { verb: "publish", message, principal }, vec![filter]);
    called.lines_dropped = 2;
    called.counters = BTreeMap::from([("seen".to_owned(), 1)]);
    let ready = LogLine { number: 1, at_ms: 0, level: LogLevel::Info, text: "ready".into() };
    assert_eq!(
        text(&called, &file(), &[ready]),
        r#"plugin    guard 0.1.0, hash 0123456789ab
settings  {"redact":"card"} of guard.toml
loading   log info: ready

publish demo as demo
  key "k"
  header a: "1"
  time 5 ms
  value {"card": "1"}
  guard filter.on-produce forward, changed
    value /card: "1" → "***"
    log warn: one card

log       2 lines over its rate
counters  seen 1
took      12.0 µs of 100 ms
memory    64.0 KiB, then 128.0 KiB of 64.0 MiB
"#
    );
}

#[test]
fn a_burst_is_told_key_by_key() {
    let place = |chosen| step("partitioner.partition-many", Outcome::Partition { chosen, of: 8 });
    let keys = vec![Some(Bytes::from("a")), None];
    let subject = Subject::Burst { topic: "demo".into(), keys, partitions: 8 };
    let text = text(&called(subject, vec![place(Some(4)), place(None)]), &file(), &[]);
    let told = text.split("\n\n").nth(1).unwrap();
    assert_eq!(
        told,
        r#"publish demo, 8 partitions, 2 keys
  key "a"
  guard partitioner.partition-many partition 4 of 8
  key (null)
  guard partitioner.partition-many no preference of 8 partitions"#
    );
}

#[test]
fn a_call_without_an_answer_tells_what_clients_hear() {
    let Input { message, principal, .. } = Input::parse("{}").unwrap();
    let failed = Outcome::Failed { why: "it trapped".into(), bypassed: false };
    let subject = Subject::Message { verb: "publish", message, principal };
    let mut called = called(subject, vec![step("filter.on-produce", failed)]);
    called.public = Some("plugin failed");
    called.cost.memory_after = None;
    let text = text(&called, &file(), &[]);
    assert!(text.contains("  guard filter.on-produce failed: it trapped\n\n"), "{text}");
    assert!(text.contains("\nclients   hear only: plugin failed\n"), "{text}");
    assert!(text.ends_with("; the instance was dropped\n"), "{text}");
}

#[test]
fn a_secret_is_not_shown() {
    let json = r#"{"username": "ann", "secret": "hush"}"#;
    let login = Subject::Login(Input::parse(json).unwrap().credentials);
    let denied = step("authenticator.authenticate", Outcome::Denied("not mine".into()));
    let text = text(&called(login, vec![denied]), &file(), &[]);
    assert!(text.contains("login ann\n  secret of 4 bytes, not shown\n"), "{text}");
    assert!(text.contains("denied: not mine") && !text.contains("hush"), "{text}");
}
