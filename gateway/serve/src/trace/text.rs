//! A trace as lines for people: in snapshots of conversations, `EXPLAIN` and `plugin call`.
//!
//! ```text
//! publish orders                                       what was under way
//!   filter-json filter.on-produce forward, changed     a step: plugin, call, outcome
//!     value /card: "4111" → "***"                      what it changed
//!     log info: one card                               what it said
//!   stored orders/2 at 0 (chosen by the partitioner)   the end
//!     key "k"                                          the record
//! ```
//!
//! Whatever bytes are in it, lines are printable, without line ends, and without spaces behind.

use std::iter::once;

use super::{
    change::{Difference, differences_told},
    duration::time,
    grant,
    model::{End, Show, Stored, Subject, Trace},
    payload::whole,
    step::{HostCall, Outcome, Step},
};
use crate::message::{Record, RouteScope};

pub use super::payload::{inline, plain};

/// The whole trace, its head without indent.
pub fn lines(trace: &Trace, show: Show) -> Vec<String> {
    let steps = trace.steps.iter().flat_map(|each| step(each, show));
    let end = trace.end.iter().flat_map(|each| end(each, show));
    once(head(&trace.subject)).chain(indented(steps)).chain(indented(end)).collect()
}

/// One step, its head without indent.
pub fn step(step: &Step, show: Show) -> Vec<String> {
    let Step { plugin, call, took, .. } = step;
    let found = differences_told(step);
    let version = if show.versions {
        format!(" {} (hash {})", plain(&*plugin.version), plain(&*plugin.hash))
    } else {
        String::new()
    };
    let took = if show.times { format!(" ({})", time(*took)) } else { String::new() };
    let outcome = outcome(step, !found.is_empty());
    let head = format!("{}{version} {call} {outcome}{took}", plain(&*plugin.name));
    let granted = match &step.outcome {
        Outcome::Granted(granted) => grant::lines(granted),
        _ => Vec::new(),
    };
    let changes = found.iter().flat_map(Difference::lines);
    let said = step.lines.iter().map(|l| format!("log {}: {}", l.level.name(), plain(&l.words)));
    let asked = step.host_calls.iter().map(host_call);
    once(head)
        .chain(indented(granted.into_iter().chain(changes).chain(asked).chain(said)))
        .collect()
}

fn indented(lines: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    lines.map(|line| format!("  {}", line.trim_end()))
}

fn head(subject: &Subject) -> String {
    match subject {
        Subject::Published(message) => format!("publish {}", message.topic),
        Subject::Consumed { message, offset } => match message.partition {
            Some(partition) => format!("consume {}/{partition} at {offset}", message.topic),
            None => format!("consume {} at {offset}", message.topic),
        },
        Subject::Login { username } => format!("login {}", plain(username)),
    }
}

fn outcome(step: &Step, changed: bool) -> String {
    match &step.outcome {
        Outcome::Forward if changed => "forward, changed".into(),
        Outcome::Forward => "forward".into(),
        Outcome::Drop => "drop".into(),
        Outcome::Reject(words) => format!("reject {}", plain(words)),
        Outcome::Route(to) => match to.scope {
            RouteScope::Topic => format!("route to {} (for the whole topic)", to.topic),
            RouteScope::Message => format!("route to {}", to.topic),
        },
        Outcome::Partition { chosen: Some(chosen), of } => format!("partition {chosen} of {of}"),
        Outcome::Partition { chosen: None, of } => format!("no preference of {of} partitions"),
        Outcome::Transcoded if step.call == "transcoder.decode" => "decoded".into(),
        Outcome::Transcoded => "encoded".into(),
        Outcome::Granted(grant) => format!("granted {}", plain(&grant.principal)),
        Outcome::Denied(words) => format!("denied: {}", plain(words)),
        Outcome::Failed { why, bypassed: true } => format!("failed: {} (bypassed)", plain(why)),
        Outcome::Failed { why, bypassed: false } => format!("failed: {}", plain(why)),
    }
}

fn host_call(call: &HostCall) -> String {
    let arguments = match call.arguments {
        0 => String::new(),
        1 => ", 1 argument".into(),
        many => format!(", {many} arguments"),
    };
    let answer = match &call.answer {
        Ok(shape) => plain(shape),
        Err(why) => format!("failed: {}", plain(why)),
    };
    format!("{} {}{arguments}: {answer}", plain(&call.store), plain(&call.call))
}

fn end(end: &End, show: Show) -> Vec<String> {
    let (head, details) = match end {
        End::Stored(stored) => {
            let decoded = stored.decoded.iter().flat_map(|value| whole(Some(value)));
            let decoded = decoded.map(|line| format!("value decodes to {line}"));
            (place(stored), record(&stored.record, show).into_iter().chain(decoded).collect())
        }
        End::Dropped => ("dropped".into(), Vec::new()),
        End::Refused(words) => (format!("refused {}", plain(words)), Vec::new()),
        End::Shown(shown) => ("shown".into(), record(shown, show)),
        End::Hidden => ("hidden".into(), Vec::new()),
        End::LoggedIn { by } => (format!("logged in by {}", plain(&**by)), Vec::new()),
    };
    once(head).chain(indented(details.into_iter())).collect()
}

fn place(stored: &Stored) -> String {
    let Stored { topic, partition, because, offset, makes_topic, .. } = stored;
    let offset = offset.map(|offset| format!(" at {offset}")).unwrap_or_default();
    let made = match makes_topic {
        None => String::new(),
        Some(1) => ", in a new topic of 1 partition".into(),
        Some(many) => format!(", in a new topic of {many} partitions"),
    };
    format!("stored {topic}/{partition}{offset} ({}){made}", because.words())
}

/// Key, headers, time and value of a record; a key only where there is one.
pub fn record(record: &Record, show: Show) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(record.key.as_ref().map(|key| format!("key {}", inline(Some(key)))));
    for (name, value) in &record.headers {
        lines.push(format!("header {}: {}", plain(name), inline(value.as_ref())));
    }
    if show.times && record.timestamp_ms > 0 {
        lines.push(format!("time {} ms", record.timestamp_ms));
    }
    lines.extend(whole(record.value.as_deref()).into_iter().map(|line| format!("value {line}")));
    lines
}

#[cfg(test)]
pub(super) mod tests;
