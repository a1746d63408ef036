//! An explanation as a reply: lines for people in RESP2, a map in RESP3, JSON where it is asked
//! for.
//!
//! ```json
//! {
//!   "command": "XADD",
//!   "traces": [],      // the way of each message, record or login: see `trace::json`
//!   "more": 0,         // traces that are not shown
//!   "changes": [],     // what would change, a sentence each
//!   "notes": [],       // what else a reader should know
//!   "reply": "1-0"     // what the command would answer; null also where that is not known
//! }
//! ```

use serde_json::{Value, json};

use crate::{
    resp::{Protocol, Replies, Reply},
    trace::{Show, Trace, json as trace_json, text as trace_text},
};

mod reply_json;

/// How an explanation is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// An array of lines.
    Lines,
    /// A map.
    Map,
    /// One string of JSON.
    Json,
}

impl Format {
    /// The format of a protocol version, where the client asks for none.
    pub(crate) fn of(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Resp2 => Self::Lines,
            Protocol::Resp3 => Self::Map,
        }
    }
}

/// What a command would do.
#[derive(Debug)]
pub(crate) struct Explanation {
    /// The command's name.
    pub(crate) command: &'static str,
    /// The way of each message, record or login.
    pub(crate) traces: Vec<Trace>,
    /// How many traces are not shown.
    pub(crate) more: usize,
    /// What would change, a sentence each.
    pub(crate) changes: Vec<String>,
    /// What else a reader should know.
    pub(crate) notes: Vec<String>,
    /// The command's own reply, as it would be sent.
    pub(crate) reply: Option<Vec<u8>>,
}

impl Explanation {
    /// An empty one of the command with this name.
    pub(crate) fn of(command: &'static str) -> Self {
        let (traces, changes, notes) = (Vec::new(), Vec::new(), Vec::new());
        Self { command, traces, more: 0, changes, notes, reply: None }
    }

    /// Adds a note.
    pub(crate) fn noting(mut self, words: impl Into<String>) -> Self {
        self.notes.push(words.into());
        self
    }

    /// Sends it as the reply of EXPLAIN.
    pub(crate) fn send(&self, format: Format, replies: &mut Replies) {
        match format {
            Format::Lines => {
                let lines = self.lines();
                replies.array(lines.len());
                lines.iter().for_each(|line| replies.simple(line));
            }
            Format::Map => self.send_map(replies),
            Format::Json => replies.bulk(self.json().to_string().as_bytes()),
        }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<_> =
            self.traces.iter().flat_map(|trace| trace_text::lines(trace, Show::ALL)).collect();
        if self.more > 0 {
            lines.push(format!("and {} more, whose way is not shown", self.more));
        }
        lines.extend(self.changes.iter().cloned());
        lines.extend(self.notes.iter().map(|note| format!("# {note}")));
        let reply = self.read_reply().map(|reply| reply.to_string()).unwrap_or_default();
        let begin = |nth| if nth == 0 { '<' } else { ' ' };
        lines.extend(reply.lines().enumerate().map(|(nth, line)| format!("{} {line}", begin(nth))));
        lines
    }

    fn json(&self) -> Value {
        let mut value = self.without_reply();
        value["reply"] = self.read_reply().map_or(Value::Null, |reply| reply_json::value(&reply));
        value
    }

    fn read_reply(&self) -> Option<Reply> {
        Reply::decode(self.reply.as_deref()?).ok().flatten().map(|(reply, _)| reply)
    }

    fn without_reply(&self) -> Value {
        let traces: Vec<_> =
            self.traces.iter().map(|trace| trace_json::value(trace, Show::ALL)).collect();
        json!({
            "command": self.command,
            "traces": traces,
            "more": self.more,
            "changes": self.changes,
            "notes": self.notes,
        })
    }

    /// The map holds the reply as it would be sent.
    fn send_map(&self, replies: &mut Replies) {
        let Value::Object(entries) = self.without_reply() else { return };
        replies.map(entries.len() + 1);
        for (name, value) in &entries {
            replies.bulk(name.as_bytes());
            send(value, replies);
        }
        replies.bulk(b"reply");
        match &self.reply {
            Some(reply) => replies.encoded(reply),
            None => replies.null(),
        }
    }
}

/// A topic that would be deleted.
pub(crate) fn topic_deletion(topic: &str) -> String {
    format!("topic `{topic}` would be deleted, with its records and the places of its groups")
}

/// A JSON value in RESP3.
fn send(value: &Value, replies: &mut Replies) {
    match value {
        Value::Null => replies.null(),
        Value::Bool(truth) => replies.boolean(*truth),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => replies.integer(whole),
            None => replies.double(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => replies.bulk(text.as_bytes()),
        Value::Array(values) => {
            replies.array(values.len());
            values.iter().for_each(|value| send(value, replies));
        }
        Value::Object(entries) => {
            replies.map(entries.len());
            for (name, value) in entries {
                replies.bulk(name.as_bytes());
                send(value, replies);
            }
        }
    }
}
