//! A trace for programs: `EXPLAIN JSON`, and `--json` where traces are shown.
//!
//! ```json
//! {
//!   "kind": "publish",                    // or "consume", then with "partition" and "offset",
//!   "topic": "orders",                    // or "login" with "username" and without "topic"
//!   "record": {                           // as it came; for a login there is none
//!     "key": null, "value": "{}", "headers": [["name", "value"]], "timestamp_ms": 1700000000000
//!   },
//!   "steps": [{
//!     "plugin": "filter-json", "version": "0.1.0", "hash": "1a2b3c", "call": "filter.on-produce",
//!     "outcome": {"kind": "forward"},     // see below
//!     "changes": [
//!       {"part": "value", "before": "{}", "after": "[]", "patch": []},
//!       {"part": "header", "name": "a", "before": ["1"], "after": []}
//!     ],                                  // "part" is "topic", "partition", "key", "header",
//!                                         // "header-order" or "value"
//!     "log": [{"level": "info", "line": "one card"}],
//!     "host_calls": [{"store": "redis.users", "call": "GET", "arguments": 1, "answer": "nil"}],
//!     "took_us": 12.3
//!   }],
//!   "end": {"kind": "stored", "topic": "orders", "partition": 2, "because": "partitioner",
//!           "why": "chosen by the partitioner", "offset": 0, "makes_topic": null, "record": {},
//!           "decoded": null}              // what the transcoder makes of the record's value
//! }
//! ```
//!
//! Bytes are text where they are valid UTF-8, else `{"base64": "…"}`; of more than
//! 64 KiB only the first are there: `{"first": …, "bytes": 100000}`. `null` is a tombstone, or no
//! key. The value's `patch` is a JSON Patch (RFC 6902), where both values are JSON objects or
//! arrays. A host call that failed has `error` in place of `answer`.
//!
//! Kinds of outcome: `forward`, `drop`, `reject` (`words`), `route` (`topic`, `scope`: `topic` or
//! `message`), `partition` (`chosen`, or `null`, and `of`), `transcoded`, `granted` (`grant`),
//! `denied` (`words`), `failed` (`words`, `bypassed`). Kinds of end: `stored`, `dropped`, `refused`
//! (`words`), `shown` (`record`), `hidden`, `logged-in` (`by`); `null` for a way that has none.
//! Versions, hashes and times are there only where they are asked for. Keys are in the order of
//! the alphabet.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    change::{Difference, differences_told},
    grant,
    model::{Because, End, Show, Stored, Subject, Trace},
    payload::{Form, cut},
    step::{HostCall, Outcome, Step},
};
use crate::message::{Message, Record, RouteScope};

/// Most bytes of one key, header or value.
const BYTES_MAX: usize = 1 << 16;

/// The whole trace.
pub fn value(trace: &Trace, show: Show) -> Value {
    let mut object = subject(&trace.subject, show);
    object.insert("steps".into(), trace.steps.iter().map(|each| step(each, show)).collect());
    object.insert("end".into(), trace.end.as_ref().map_or(Value::Null, |each| end(each, show)));
    Value::Object(object)
}

/// An object of these keys.
fn object<const N: usize>(entries: [(&str, Value); N]) -> Map<String, Value> {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn subject(subject: &Subject, show: Show) -> Map<String, Value> {
    let about = |kind: &str, message: &Message| {
        let topic = message.topic.as_str();
        let record = record(&message.record, show);
        let partition = json!(message.partition);
        object([
            ("kind", kind.into()),
            ("topic", topic.into()),
            ("partition", partition),
            ("record", record),
        ])
    };
    match subject {
        Subject::Published(message) => about("publish", message),
        Subject::Consumed { message, offset } => {
            let mut object = about("consume", message);
            object.insert("offset".into(), json!(offset));
            object
        }
        Subject::Login { username } => {
            object([("kind", "login".into()), ("username", username.as_str().into())])
        }
    }
}

fn step(step: &Step, show: Show) -> Value {
    let log = step.lines.iter().map(|l| json!({"level": l.level.name(), "line": l.words}));
    let mut object = object([
        ("plugin", (*step.plugin.name).into()),
        ("call", step.call.into()),
        ("outcome", outcome(&step.outcome)),
        ("changes", differences_told(step).iter().map(difference).collect()),
        ("log", log.collect()),
        ("host_calls", step.host_calls.iter().map(host_call).collect()),
    ]);
    if show.versions {
        object.insert("version".into(), (*step.plugin.version).into());
        object.insert("hash".into(), (*step.plugin.hash).into());
    }
    if show.times {
        object.insert("took_us".into(), (step.took.as_secs_f64() * 1e6).into());
    }
    Value::Object(object)
}

fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Forward => json!({"kind": "forward"}),
        Outcome::Drop => json!({"kind": "drop"}),
        Outcome::Reject(words) => json!({"kind": "reject", "words": words}),
        Outcome::Route(to) => {
            let scope = match to.scope {
                RouteScope::Topic => "topic",
                RouteScope::Message => "message",
            };
            json!({"kind": "route", "topic": to.topic.as_str(), "scope": scope})
        }
        Outcome::Partition { chosen, of } => {
            json!({"kind": "partition", "chosen": chosen, "of": of})
        }
        Outcome::Transcoded => json!({"kind": "transcoded"}),
        Outcome::Granted(granted) => json!({"kind": "granted", "grant": grant::value(granted)}),
        Outcome::Denied(words) => json!({"kind": "denied", "words": words}),
        Outcome::Failed { why, bypassed } => {
            json!({"kind": "failed", "words": why, "bypassed": bypassed})
        }
    }
}

fn difference(difference: &Difference<'_>) -> Value {
    match difference {
        Difference::Topic(old, new) => {
            json!({"part": "topic", "before": old.as_str(), "after": new.as_str()})
        }
        Difference::Partition(old, new) => {
            json!({"part": "partition", "before": old, "after": new})
        }
        Difference::Key(old, new) => {
            json!({"part": "key", "before": bytes(*old), "after": bytes(*new)})
        }
        Difference::Header(name, old, new) => {
            let all = |values: &[Option<&Bytes>]| -> Value {
                values.iter().map(|value| bytes(*value)).collect()
            };
            let name = bytes(Some(name));
            json!({"part": "header", "name": name, "before": all(old), "after": all(new)})
        }
        Difference::Order => json!({"part": "header-order"}),
        Difference::Value(old, new) => {
            let mut value = json!({"part": "value", "before": bytes(*old), "after": bytes(*new)});
            if let Some(patch) = old.zip(*new).and_then(|(old, new)| patch(old, new)) {
                value["patch"] = patch;
            }
            value
        }
    }
}

fn patch(old: &Bytes, new: &Bytes) -> Option<Value> {
    if old.len().max(new.len()) > BYTES_MAX {
        return None;
    }
    let (Form::Json(old), Form::Json(new)) = (Form::of(old), Form::of(new)) else { return None };
    serde_json::to_value(json_patch::diff(&old, &new)).ok()
}

fn host_call(call: &HostCall) -> Value {
    let HostCall { store, call, arguments, answer } = call;
    let (key, answer) = match answer {
        Ok(shape) => ("answer", shape),
        Err(why) => ("error", why),
    };
    json!({"store": store, "call": call, "arguments": arguments, key: answer})
}

fn end(end: &End, show: Show) -> Value {
    match end {
        End::Stored(stored) => place(stored, show),
        End::Dropped => json!({"kind": "dropped"}),
        End::Refused(words) => json!({"kind": "refused", "words": words}),
        End::Shown(shown) => json!({"kind": "shown", "record": record(shown, show)}),
        End::Hidden => json!({"kind": "hidden"}),
        End::LoggedIn { by } => json!({"kind": "logged-in", "by": **by}),
    }
}

fn place(stored: &Stored, show: Show) -> Value {
    let because = match stored.because {
        Because::Named => "named",
        Because::Partitioner => "partitioner",
        Because::Key => "key",
        Because::Turn => "turn",
        Because::Only => "only",
    };
    json!({
        "kind": "stored",
        "topic": stored.topic.as_str(),
        "partition": stored.partition,
        "because": because,
        "why": stored.because.words(),
        "offset": stored.offset,
        "makes_topic": stored.makes_topic,
        "record": record(&stored.record, show),
        "decoded": bytes(stored.decoded.as_ref()),
    })
}

fn record(record: &Record, show: Show) -> Value {
    let header = |(name, value): &(Bytes, Option<Bytes>)| {
        Value::Array(vec![bytes(Some(name)), bytes(value.as_ref())])
    };
    let mut object = object([
        ("key", bytes(record.key.as_ref())),
        ("value", bytes(record.value.as_ref())),
        ("headers", record.headers.iter().map(header).collect()),
    ]);
    if show.times {
        object.insert("timestamp_ms".into(), record.timestamp_ms.into());
    }
    Value::Object(object)
}

fn bytes(bytes: Option<&Bytes>) -> Value {
    let form = |shown: &[u8]| match std::str::from_utf8(shown) {
        Ok(text) => Value::from(text),
        Err(_) => json!({"base64": STANDARD.encode(shown)}),
    };
    match bytes {
        None => Value::Null,
        Some(bytes) if bytes.len() <= BYTES_MAX => form(bytes),
        Some(bytes) => json!({"first": form(cut(bytes, BYTES_MAX).0), "bytes": bytes.len()}),
    }
}

#[cfg(test)]
mod tests;
