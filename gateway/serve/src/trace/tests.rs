//! Whatever bytes a trace holds, people get printable lines and programs get JSON.

use std::time::Duration;

use bytes::Bytes;
use proptest::{collection::vec, option, prelude::*};

use super::*;
use crate::{
    message::{Headers, Message, Record, TopicName},
    telemetry::LogLevel,
};

fn payload() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        vec(any::<u8>(), 0..200).prop_map(Bytes::from),
        any::<String>().prop_map(Bytes::from),
        "(\\[|\\{\"a\":)[0-9\"\\\\a\u{85}\u{202e}\n]{0,9}(\\]|\\})".prop_map(Bytes::from),
        vec(prop_oneof![Just("a\n"), Just("b\n"), Just("c")], 0..40)
            .prop_map(|lines| Bytes::from(lines.concat())),
        vec(any::<u8>(), 4090..9000).prop_map(Bytes::from),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let headers = vec((payload(), option::of(payload())), 0..3);
    (option::of(payload()), option::of(payload()), headers).prop_map(
        |(key, value, headers): (_, _, Headers)| Record { key, value, headers, timestamp_ms: 1 },
    )
}

fn trace(before: Record, after: Record, words: &str) -> Trace {
    let topic = TopicName::new("t").expect("a letter is a name");
    let message =
        |record| Message { topic: topic.clone(), partition: None, record, expected_offset: None };
    let stored = Stored {
        topic: topic.clone(),
        partition: 0,
        because: Because::Only,
        offset: None,
        decoded: before.value.clone(),
        record: after.clone(),
        makes_topic: None,
    };
    let said = || words.to_owned();
    let step = Step {
        plugin: PluginId { name: said().into(), version: said().into(), hash: said().into() },
        call: "filter.on-produce",
        outcome: Outcome::Reject(said()),
        change: Some(Change { before: message(before.clone()), after: message(after) }),
        lines: vec![Line { level: LogLevel::Info, words: said() }],
        host_calls: vec![HostCall {
            store: said(),
            call: said(),
            arguments: 2,
            answer: Ok(said()),
        }],
        took: Duration::ZERO,
    };
    Trace {
        subject: Subject::Published(message(before)),
        steps: vec![step],
        end: Some(End::Stored(Box::new(stored))),
    }
}

proptest! {
    #[test]
    fn any_bytes_give_printable_lines_and_json(
        (before, after, words) in (record(), record(), any::<String>())
    ) {
        let trace = trace(before, after, &words);
        for line in text::lines(&trace, Show::ALL) {
            prop_assert!(line.trim_end() == line && !line.contains(char::is_control), "{line:?}");
        }
        let told = json::value(&trace, Show::ALL);
        let text = serde_json::to_string(&told).expect("a value is JSON");
        let again: serde_json::Value = serde_json::from_str(&text).expect("what was written is JSON");
        prop_assert_eq!(again, told);
    }

    /// A change is never hidden, and nothing is said where there is none.
    #[test]
    fn a_message_that_changed_shows_it((before, after) in (record(), record())) {
        for (before, after) in [(before.clone(), after), (before.clone(), before)] {
            let trace = trace(before.clone(), after.clone(), "");
            let found = change::differences_told(&trace.steps[0]);
            let lines: Vec<_> = found.iter().flat_map(change::Difference::lines).collect();
            prop_assert_eq!(lines.is_empty(), before == after, "{:?}", lines);
        }
    }
}
