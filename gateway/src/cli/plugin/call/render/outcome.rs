//! What came of a call, as text.

use bytes::Bytes;

use super::{Page, shown, value};
use crate::{
    cli::plugin::{
        call::trace::{Outcome, Subject, Trace},
        input::Payload,
    },
    message::{
        Binding, Denial, Grant, Headers, Message, Rejection, StartAt, TopicPattern, Verdict,
    },
    plugin::{CallError, RouteScope},
};

const LABEL: &str = "answer";

pub(super) fn show(page: &mut Page, trace: &Trace) {
    let consume = matches!(trace.function, "filter.on-consume" | "transcoder.decode");
    match (&trace.outcome, &trace.subject) {
        (Outcome::Verdict { verdict: said, after }, Subject::Message { message, .. }) => {
            verdict(page, said, consume);
            changes(page, message, after, said);
        }
        (Outcome::Destination(destination), _) => {
            page.row(LABEL, &format!("to topic {}", destination.topic));
            page.row(
                "",
                match destination.scope {
                    RouteScope::Topic => "scope topic: the gateway remembers it for the topic",
                    RouteScope::Message => "scope message: asked again for the next one",
                },
            );
        }
        (Outcome::Placements(placements), Subject::Burst { keys, .. }) => {
            let placed = keys.iter().zip(placements).map(|(key, place)| {
                let place = place.map_or("no preference".into(), |p| format!("partition {p}"));
                format!(
                    "{place:<14} {}",
                    key.as_deref().map_or_else(|| "no key".into(), super::payload)
                )
            });
            page.rows(LABEL, placed);
        }
        (Outcome::Value(None), _) => page.row(LABEL, "not asked: tombstones pass as they are"),
        (Outcome::Value(Some(new)), _) => {
            page.field(LABEL, "value", &value(&Some(new.clone())));
        }
        (Outcome::Rejected(rejection), _) => rejected(page, rejection, consume),
        (Outcome::Grant(granted), _) => grant(page, granted),
        (Outcome::Denied(denial), _) => denied(page, denial),
        (Outcome::Failed(error), _) => failed(page, error),
        (Outcome::Verdict { .. } | Outcome::Placements(_), _) => {}
    }
}

fn verdict(page: &mut Page, verdict: &Verdict, consume: bool) {
    match (verdict, consume) {
        (Verdict::Forward, _) => page.row(LABEL, "forward: it goes on"),
        (Verdict::Replace(_), _) => page.row(LABEL, "replace: it goes on with another value"),
        (Verdict::Drop, false) => page.row(LABEL, "drop: acknowledged, and not stored"),
        (Verdict::Drop, true) => page.row(LABEL, "drop: not shown to the client"),
        (Verdict::Reject(rejection), false) => rejected(page, rejection, false),
        (Verdict::Reject(rejection), true) => {
            page.row(LABEL, &format!("reject: not shown to the client: {rejection}"));
        }
    }
}

/// What is not as it was, one line each.
fn changes(page: &mut Page, before: &Message, after: &Message, verdict: &Verdict) {
    let new = match verdict {
        Verdict::Forward => &before.record.value,
        Verdict::Replace(new) => &Some(new.clone()),
        Verdict::Drop | Verdict::Reject(_) => return,
    };
    let mut lines: Vec<(&str, String)> = Vec::new();
    if *new != before.record.value {
        lines.push(("value", value(new)));
    }
    if after.record.key != before.record.key {
        lines.push(("key", shown(&after.record.key)));
    }
    for (name, old, new) in differing(&before.record.headers, &after.record.headers) {
        let name = String::from_utf8_lossy(name);
        lines.push((
            "header",
            match (old.as_slice(), new.as_slice()) {
                ([], new) => format!("{name}: {}, which is new", all(new)),
                (old, []) => format!("{name} is removed, was {}", all(old)),
                (old, new) => format!("{name}: {}, was {}", all(new), all(old)),
            },
        ));
    }
    if lines.is_empty() {
        page.row("changed", "nothing");
    }
    let mut label = "changed";
    for (name, text) in lines {
        page.field(label, name, &text);
        label = "";
    }
}

/// Names of headers, and their values before and after, where those differ.
fn differing<'h>(
    before: &'h Headers,
    after: &'h Headers,
) -> Vec<(&'h Bytes, Vec<&'h Payload>, Vec<&'h Payload>)> {
    let mut names: Vec<&Bytes> = Vec::new();
    for (name, _) in before.iter().chain(after) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let of = |headers: &'h Headers, wanted: &Bytes| -> Vec<&'h Payload> {
        headers.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value).collect()
    };
    let pairs = names.into_iter().map(|name| (name, of(before, name), of(after, name)));
    pairs.filter(|(_, old, new)| old != new).collect()
}

fn all(values: &[&Payload]) -> String {
    let texts: Vec<_> = values.iter().map(|value| shown(value)).collect();
    texts.join(", ")
}

fn rejected(page: &mut Page, rejection: &Rejection, consume: bool) {
    if consume {
        page.row(LABEL, &format!("rejected: {rejection}"));
        page.row("", "delivered as it is stored, with the header `sluicegate-decode-error`");
    } else {
        page.row(LABEL, "rejected: not stored; the client gets");
        page.row("", &format!("-{rejection}"));
    }
}

fn failed(page: &mut Page, error: &CallError) {
    page.row(LABEL, &format!("FAILED: {error}"));
    page.row("", &format!("clients hear only: {}", error.public()));
}

fn denied(page: &mut Page, denial: &Denial) {
    match denial {
        Denial::NotMine => page.row(LABEL, "not-mine: the next authenticator is asked"),
        Denial::Refused(rejection) => {
            page.row(LABEL, "denied: the client gets");
            page.row("", &format!("-{rejection}"));
        }
        Denial::Unavailable(words) => page.row(LABEL, &format!("unavailable: {words}")),
    }
}

fn grant(page: &mut Page, grant: &Grant) {
    page.field(LABEL, "granted", "");
    page.field("", "principal", &grant.principal);
    page.field("", "group", &grant.group);
    page.field("", "publish", &patterns(&grant.publish));
    page.field("", "consume", &patterns(&grant.consume));
    page.field("", "admin", if grant.admin { "yes" } else { "no" });
    page.field("", "cluster", grant.cluster.as_deref().unwrap_or("the configured one"));
    let holds = match grant.holds_for {
        None => "until the plugin or its settings change".into(),
        Some(time) if time.is_zero() => "for this connection only".into(),
        Some(time) => format!("for {} s", time.as_secs()),
    };
    page.field("", "holds", &holds);
    match &grant.binding {
        None => page.field("", "binding", "none"),
        Some(bound) => binding(page, bound),
    }
}

fn binding(page: &mut Page, binding: &Binding) {
    let allowed = [(binding.publishes, "publishes"), (binding.consumes, "consumes")];
    let allowed: Vec<_> = allowed.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    page.field("", "binding", &format!("topic {}: {}", binding.topic, allowed.join(", ")));
    let start = match binding.start_at {
        StartAt::Configured => "as configured".into(),
        StartAt::Oldest => "at the oldest record".into(),
        StartAt::Newest => "at the end".into(),
        StartAt::Offset(offset) => format!("at offset {offset}"),
        StartAt::Timestamp(ms) => format!("at time {ms} ms"),
    };
    page.field("", "", &format!("begins {start}"));
    if !binding.color.is_empty() {
        page.field("", "", &format!("color {}", binding.color));
    }
    if let Some(block) = binding.block {
        page.field("", "", &format!("waits at most {} ms", block.as_millis()));
    }
    if let Some(batch) = binding.batch {
        page.field("", "", &format!("at most {batch} messages"));
    }
}

fn patterns(patterns: &[TopicPattern]) -> String {
    let words: Vec<_> = patterns.iter().map(TopicPattern::as_str).collect();
    if words.is_empty() { "nothing".into() } else { words.join(", ") }
}
