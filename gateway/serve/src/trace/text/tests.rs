//! Traces made by hand, and their lines.

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    message::{Destination, Grant, Message, TopicName},
    telemetry::LogLevel,
    trace::{Because, Change, Line, PluginId},
};

pub(in crate::trace) fn topic(name: &str) -> TopicName {
    TopicName::new(name).unwrap()
}

pub(in crate::trace) fn message(value: &'static [u8]) -> Message {
    let record = Record {
        key: Some("k".into()),
        value: Some(value.into()),
        headers: vec![("a".into(), Some("1".into())), ("b".into(), None)],
        timestamp_ms: 5,
    };
    Message { topic: topic("orders"), partition: None, record, expected_offset: None }
}

pub(in crate::trace) fn called(call: &'static str, outcome: Outcome) -> Step {
    Step {
        plugin: PluginId { name: "p".into(), version: "0.1.0".into(), hash: "1a2b3c".into() },
        call,
        outcome,
        change: None,
        lines: Vec::new(),
        host_calls: Vec::new(),
        took: Duration::from_micros(12),
    }
}

fn stored(offset: Option<u64>, makes_topic: Option<u32>) -> Box<Stored> {
    let record = message(b"\x01").record;
    let decoded = Some("{\"n\":1}".into());
    let (topic, because) = (topic("orders"), Because::Partitioner);
    Box::new(Stored { topic, partition: 2, because, offset, record, decoded, makes_topic })
}

/// A message on its way through a filter, and where it is then.
pub(in crate::trace) fn published() -> Trace {
    let before = message(br#"{"card": "4111"}"#);
    let mut after = before.clone();
    after.record.value = Some(r#"{"card":"***"}"#.into());
    let lines = vec![Line { level: LogLevel::Warn, words: "one\x1b card ".into() }];
    let call = |answer| {
        let (store, call) = ("redis.users".into(), "GET".into());
        HostCall { store, call, arguments: 1, answer }
    };
    let host_calls = vec![call(Ok("nil".into())), call(Err("away".into()))];
    let change = Some(Change { before: before.clone(), after });
    let filter = called("filter.on-produce", Outcome::Forward);
    let filter = Step { change, lines, host_calls, ..filter };
    let partitioner =
        called("partitioner.partition-many", Outcome::Partition { chosen: Some(2), of: 4 });
    let end = Some(End::Stored(stored(Some(0), None)));
    Trace { subject: Subject::Published(before), steps: vec![filter, partitioner], end }
}

#[test]
fn a_whole_trace_tells_its_steps_and_where_the_message_is() {
    assert_eq!(
        lines(&published(), Show::SAME_EACH_TIME),
        [
            "publish orders",
            "  p filter.on-produce forward, changed",
            "    value /card: \"4111\" → \"***\"",
            "    redis.users GET, 1 argument: nil",
            "    redis.users GET, 1 argument: failed: away",
            "    log warn: one\\x1b card",
            "  p partitioner.partition-many partition 2 of 4",
            "  stored orders/2 at 0 (chosen by the partitioner)",
            "    key \"k\"",
            "    header a: \"1\"",
            "    header b: (null)",
            "    value 00000000  01                                               |.|",
            "    value decodes to {\"n\":1}",
        ]
    );
}

#[test]
fn versions_and_times_are_shown_where_they_are_wanted() {
    let lines = lines(&published(), Show::ALL);
    assert_eq!(lines[1], "  p 0.1.0 (hash 1a2b3c) filter.on-produce forward, changed (12.0 µs)");
    assert!(lines.contains(&"    time 5 ms".to_owned()), "{lines:?}");
}

#[test]
fn each_outcome_has_words_of_its_own() {
    let to = |scope| Outcome::Route(Destination { topic: topic("new"), scope });
    let failed = |bypassed| Outcome::Failed { why: "it\ntrapped".into(), bypassed };
    for (call, outcome, words) in [
        ("filter.on-produce", Outcome::Forward, "forward"),
        ("filter.on-consume", Outcome::Drop, "drop"),
        ("f", Outcome::Reject("not-json: no".into()), "reject not-json: no"),
        ("router.route", to(RouteScope::Topic), "route to new (for the whole topic)"),
        ("router.route", to(RouteScope::Message), "route to new"),
        ("p", Outcome::Partition { chosen: None, of: 4 }, "no preference of 4 partitions"),
        ("transcoder.encode", Outcome::Transcoded, "encoded"),
        ("transcoder.decode", Outcome::Transcoded, "decoded"),
        ("a", Outcome::Denied("not mine".into()), "denied: not mine"),
        ("f", failed(false), "failed: it\\ntrapped"),
        ("f", failed(true), "failed: it\\ntrapped (bypassed)"),
    ] {
        let lines = step(&called(call, outcome), Show::SAME_EACH_TIME);
        assert_eq!(lines, [format!("p {call} {words}")]);
    }
}

#[test]
fn a_grant_is_told_field_by_field() {
    let granted = called("authenticator.authenticate", Outcome::Granted(Box::new(Grant::open())));
    let lines = step(&granted, Show::SAME_EACH_TIME);
    assert_eq!(lines[..2], ["p authenticator.authenticate granted default", "  principal default"]);
}

#[test]
fn a_routers_topic_is_told_once() {
    let before = message(b"");
    let after = Message { topic: topic("new"), ..before.clone() };
    let to = Destination { topic: topic("new"), scope: RouteScope::Message };
    let change = Some(Change { before, after });
    let routed = Step { change, ..called("router.route", Outcome::Route(to)) };
    assert_eq!(step(&routed, Show::SAME_EACH_TIME), ["p router.route route to new"]);
}

#[test]
fn each_way_begins_and_ends_in_words_of_its_own() {
    let login = || Subject::Login { username: "ann\n".into() };
    let consumed = |partition| {
        let message = Message { partition, ..message(b"") };
        Subject::Consumed { message, offset: 7 }
    };
    let bare = Record { value: None, ..Record::default() };
    for (subject, end, words) in [
        (
            login(),
            End::LoggedIn { by: Arc::from("auth") },
            &["login ann\\n", "  logged in by auth"],
        ),
        (login(), End::Refused("WRONGPASS no".into()), &["login ann\\n", "  refused WRONGPASS no"]),
        (consumed(Some(2)), End::Hidden, &["consume orders/2 at 7", "  hidden"]),
        (consumed(None), End::Dropped, &["consume orders at 7", "  dropped"]),
    ] {
        let trace = Trace { subject, steps: Vec::new(), end: Some(end) };
        assert_eq!(lines(&trace, Show::SAME_EACH_TIME), words);
    }
    for (shown, words) in [
        (End::Shown(bare), &["shown", "  value (null)"][..]),
        (End::Stored(stored(None, None)), &["stored orders/2 (chosen by the partitioner)"]),
        (
            End::Stored(stored(Some(0), Some(4))),
            &["stored orders/2 at 0 (chosen by the partitioner), in a new topic of 4 partitions"],
        ),
    ] {
        assert_eq!(end(&shown, Show::SAME_EACH_TIME)[..words.len()], *words);
    }
    let open = Trace { subject: login(), steps: Vec::new(), end: None };
    assert_eq!(lines(&open, Show::ALL), ["login ann\\n"]);
}
