//! A trace as text.

mod outcome;
mod page;

use self::page::Page;
use super::trace::{Cost, Subject, Trace};
use crate::cli::plugin::{
    file::PluginFile,
    input::Payload,
    words::{payload, size, time},
};

/// The whole trace.
pub(super) fn text(trace: &Trace, file: &PluginFile) -> String {
    let mut page = Page::default();
    let who = &trace.description;
    page.row("plugin", &format!("{} {}, hash {}", trace.name, who.version, trace.hash));
    let from = file.settings_path.as_ref().map(|path| format!(" of {}", path.display()));
    page.row("settings", &format!("{}{}", file.settings_shown, from.unwrap_or_default()));
    page.row("call", trace.function);
    page.gap();
    subject(&mut page, &trace.subject);
    page.gap();
    outcome::show(&mut page, trace);
    page.gap();
    log(&mut page, trace);
    if !trace.counters.is_empty() {
        let counters = trace.counters.iter().map(|(name, count)| format!("{name} {count}"));
        page.rows("counters", counters);
    }
    cost(&mut page, &trace.cost);
    page.into_text()
}

fn subject(page: &mut Page, subject: &Subject) {
    match subject {
        Subject::Message { message, principal } => {
            let record = &message.record;
            page.field("message", "topic", message.topic.as_str());
            page.field("", "key", &shown(&record.key));
            page.field("", "value", &value(&record.value));
            for (name, value) in &record.headers {
                let name = String::from_utf8_lossy(name);
                page.field("", "header", &format!("{name}: {}", shown(value)));
            }
            page.field("", "principal", principal);
            page.field("", "time", &format!("{} ms", record.timestamp_ms));
        }
        Subject::Burst { topic, keys, partitions } => {
            page.field("burst", "topic", topic);
            page.field("", "of", &format!("{partitions} partitions"));
            page.field("", "keys", &keys.len().to_string());
        }
        Subject::Login(credentials) => {
            page.field("login", "user", &credentials.username);
            page.field("", "secret", &format!("{} bytes, not shown", credentials.secret.len()));
            page.field("", "peer", &credentials.peer);
        }
    }
}

fn log(page: &mut Page, trace: &Trace) {
    let before = trace.lines_before.iter().map(|line| (line, "  (before the call)"));
    let lines = before.chain(trace.lines.iter().map(|line| (line, "")));
    page.rows(
        "log",
        lines.map(|(line, when)| {
            let level = line.level.as_str().to_ascii_lowercase();
            format!("{level:<6} {}{when}", line.words)
        }),
    );
    if trace.lines_dropped > 0 {
        page.row("", &format!("and {} lines over its rate, not shown", trace.lines_dropped));
    }
}

fn cost(page: &mut Page, cost: &Cost) {
    page.row("took", &format!("{} of {}", time(cost.took), time(cost.deadline)));
    if cost.host_calls > 0 {
        page.row("stores", &format!("{} calls", cost.host_calls));
    }
    let (before, limit) = (size(cost.memory_before), size(cost.memory_max));
    let memory = match cost.memory_after {
        Some(after) if after == cost.memory_before => format!("{before} of {limit}"),
        Some(after) => format!("{before}, then {} of {limit}", size(after)),
        None => format!("{before} of {limit}; the instance was dropped"),
    };
    page.row("memory", &memory);
}

/// Optional bytes.
fn shown(bytes: &Payload) -> String {
    bytes.as_deref().map_or_else(|| "none".into(), payload)
}

/// An optional value of a message.
fn value(bytes: &Payload) -> String {
    bytes.as_deref().map_or_else(|| "none: a tombstone".into(), payload)
}

#[cfg(test)]
mod tests;
