//! Traces as values.

use super::*;
use crate::trace::text::tests::{called, message, published};

#[test]
fn a_whole_trace_has_the_documented_shape() {
    let told = value(&published(), Show::SAME_EACH_TIME);
    let record =
        json!({"key": "k", "value": "{\"card\": \"4111\"}", "headers": [["a", "1"], ["b", null]]});
    let change = json!({
        "part": "value", "before": "{\"card\": \"4111\"}", "after": "{\"card\":\"***\"}",
        "patch": [{"op": "replace", "path": "/card", "value": "***"}]
    });
    let stored = json!({"key": "k", "value": "\u{1}", "headers": [["a", "1"], ["b", null]]});
    let asked = |key: &str, answer: &str| json!({"store": "redis.users", "call": "GET", "arguments": 1, key: answer});
    let wanted = json!({
        "kind": "publish", "topic": "orders", "partition": null, "record": record,
        "steps": [{
            "plugin": "p", "call": "filter.on-produce", "outcome": {"kind": "forward"},
            "changes": [change], "log": [{"level": "warn", "line": "one\u{1b} card "}],
            "host_calls": [asked("answer", "nil"), asked("error", "away")],
        }, {
            "plugin": "p", "call": "partitioner.partition-many", "changes": [], "log": [],
            "outcome": {"kind": "partition", "chosen": 2, "of": 4}, "host_calls": [],
        }],
        "end": {
            "kind": "stored", "topic": "orders", "partition": 2, "because": "partitioner",
            "why": "chosen by the partitioner", "offset": 0, "makes_topic": null,
            "record": stored, "decoded": "{\"n\":1}",
        },
    });
    assert_eq!(told, wanted);
}

#[test]
fn versions_and_times_are_there_where_they_are_wanted() {
    let told = value(&published(), Show::ALL);
    let step = &told["steps"][0];
    assert_eq!((&step["version"], &step["hash"]), (&json!("0.1.0"), &json!("1a2b3c")));
    assert_eq!((&step["took_us"], &told["record"]["timestamp_ms"]), (&json!(12.0), &json!(5)));
}

#[test]
fn bytes_are_text_or_base64_and_of_long_ones_the_first() {
    let told = |value: Vec<u8>| bytes(Some(&value.into()));
    assert_eq!(bytes(None), Value::Null);
    assert_eq!(told(b"a\0".to_vec()), "a\0");
    assert_eq!(told(vec![0xff, 0]), json!({"base64": "/wA="}));
    let long = told("é".repeat(BYTES_MAX).into_bytes());
    assert_eq!(
        (&long["bytes"], long["first"].as_str().unwrap().len()),
        (&json!(2 * BYTES_MAX), BYTES_MAX)
    );
    let odd = told(vec![b'x'; BYTES_MAX - 1].into_iter().chain("éé".bytes()).collect());
    assert_eq!(odd["first"].as_str().unwrap().len(), BYTES_MAX - 1);
}

#[test]
fn outcomes_and_ends_have_kinds() {
    for (outcome, kind) in [
        (Outcome::Drop, "drop"),
        (Outcome::Reject("no".into()), "reject"),
        (Outcome::Transcoded, "transcoded"),
        (Outcome::Granted(Box::new(crate::message::Grant::open())), "granted"),
        (Outcome::Denied("no".into()), "denied"),
        (Outcome::Failed { why: "no".into(), bypassed: true }, "failed"),
    ] {
        assert_eq!(step(&called("f", outcome), Show::ALL)["outcome"]["kind"], kind);
    }
    let subject = Subject::Consumed { message: message(b""), offset: 7 };
    for (end, kind) in [
        (End::Dropped, "dropped"),
        (End::Refused("no".into()), "refused"),
        (End::Shown(Record::default()), "shown"),
        (End::Hidden, "hidden"),
        (End::LoggedIn { by: "p".into() }, "logged-in"),
    ] {
        let trace = Trace { subject: subject.clone(), steps: Vec::new(), end: Some(end) };
        let told = value(&trace, Show::ALL);
        assert_eq!((&told["end"]["kind"], &told["offset"]), (&json!(kind), &json!(7)));
    }
}
