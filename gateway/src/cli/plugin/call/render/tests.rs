//! Traces made by hand, and their text.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use tracing::Level;

use super::*;
use crate::{
    cli::plugin::{
        call::{heard::Line, trace::Outcome},
        input::Input,
    },
    message::{Denial, ErrorCode, Grant, Rejection, TopicName, Verdict},
    plugin::{CallError, Description, Destination, PluginSettings, RouteScope},
};

fn file() -> PluginFile {
    PluginFile {
        path: "guard.wasm".into(),
        wasm: Vec::new(),
        settings: PluginSettings::new("guard"),
        settings_path: Some("guard.toml".into()),
        settings_shown: r#"{"redact":"card"}"#.into(),
    }
}

fn trace(subject: Subject, outcome: Outcome) -> Trace {
    Trace {
        name: "guard".into(),
        description: Description {
            name: "guard".into(),
            version: "0.1.0".into(),
            summary: "Guards.".into(),
        },
        hash: "0123456789ab".into(),
        function: "filter.on-produce",
        subject,
        outcome,
        lines_before: Vec::new(),
        lines: Vec::new(),
        lines_dropped: 0,
        counters: BTreeMap::new(),
        cost: Cost {
            took: Duration::from_micros(12),
            deadline: Duration::from_millis(100),
            memory_after: Some(131_072),
            memory_before: 65_536,
            memory_max: 1 << 26,
            host_calls: 0,
        },
    }
}

fn message() -> Subject {
    let json = r#"{"key": "k", "value": {"card": "1"}, "timestamp_ms": 5,
        "headers": {"a": "1", "b": "2"}}"#;
    let Input { message, principal, .. } = Input::parse(json).unwrap();
    Subject::Message { message, principal }
}

/// The lines between what went in and what it cost.
fn answer(subject: Subject, outcome: Outcome) -> String {
    let text = text(&trace(subject, outcome), &file());
    text.split("\n\n").nth(2).unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn a_whole_trace_tells_what_changed_and_what_was_said() {
    let Subject::Message { message: mut after, .. } = message() else { unreachable!() };
    after.record.headers = vec![
        (Bytes::from("a"), Some(Bytes::from("9"))),
        (Bytes::from("checked-by"), Some(Bytes::from("demo"))),
    ];
    let verdict = Verdict::Replace(Bytes::from(r#"{"card": "***"}"#));
    let mut trace = trace(message(), Outcome::Verdict { verdict, after });
    trace.lines_before = vec![Line { level: Level::INFO, words: "ready".into() }];
    trace.lines = vec![Line { level: Level::WARN, words: "one card".into() }];
    trace.lines_dropped = 2;
    trace.counters = BTreeMap::from([("seen".to_owned(), 1)]);
    assert_eq!(
        text(&trace, &file()),
        r#"plugin    guard 0.1.0, hash 0123456789ab
settings  {"redact":"card"} of guard.toml
call      filter.on-produce

message   topic      demo
          key        "k"
          value      {"card": "1"}
          header     a: "1"
          header     b: "2"
          principal  demo
          time       5 ms

answer    replace: it goes on with another value
changed   value      {"card": "***"}
          header     a: "9", was "1"
          header     b is removed, was "2"
          header     checked-by: "demo", which is new

log       info   ready  (before the call)
          warn   one card
          and 2 lines over its rate, not shown
counters  seen 1
took      12.0 µs of 100 ms
memory    64.0 KiB, then 128.0 KiB of 64.0 MiB
"#
    );
}

#[test]
fn each_kind_of_answer_has_words_of_its_own() {
    let rejection = || {
        let code = ErrorCode::Rejected { plugin: "guard".into() };
        Rejection::new(code, "not-object: no object")
    };
    let failed = CallError::Trapped {
        plugin: Arc::from("guard"),
        call: "filter.on-produce",
        trap: "boom".into(),
    };
    let topic = TopicName::new("orders-new").unwrap();
    let burst = Subject::Burst {
        topic: "demo".into(),
        keys: vec![Some(Bytes::from("a")), None],
        partitions: 8,
    };
    let Subject::Message { message: same, .. } = message() else { unreachable!() };
    let login = || Subject::Login(Input::parse("{}").unwrap().credentials);
    for (subject, outcome, words) in [
        (
            message(),
            Outcome::Verdict { verdict: Verdict::Forward, after: same },
            "forward: it goes on\nchanged   nothing",
        ),
        (
            message(),
            Outcome::Rejected(rejection()),
            "the client gets\n          -REJECTED guard not-object: no object",
        ),
        (message(), Outcome::Failed(failed), "FAILED: plugin `guard` trapped in filter.on-produce"),
        (
            message(),
            Outcome::Destination(Destination { topic, scope: RouteScope::Topic }),
            "to topic orders-new\n          scope topic",
        ),
        (message(), Outcome::Value(None), "tombstones pass"),
        (message(), Outcome::Value(Some(Bytes::from_static(&[0xff]))), "value      hex ff"),
        (
            burst,
            Outcome::Placements(vec![Some(4), None]),
            "partition 4    \"a\"\n          no preference  no key",
        ),
        (login(), Outcome::Grant(Grant::open()), "granted\n          principal  default"),
        (login(), Outcome::Denied(Denial::NotMine), "not-mine"),
        (login(), Outcome::Denied(Denial::Unavailable("away".into())), "unavailable: away"),
    ] {
        let told = answer(subject, outcome);
        assert!(told.starts_with("answer    ") && told.contains(words), "{told}");
    }
}

#[test]
fn a_secret_is_not_shown() {
    let json = r#"{"username": "ann", "secret": "hush"}"#;
    let login = Subject::Login(Input::parse(json).unwrap().credentials);
    let text = text(&trace(login, Outcome::Denied(Denial::NotMine)), &file());
    assert!(text.contains("secret     4 bytes, not shown") && !text.contains("hush"), "{text}");
}
