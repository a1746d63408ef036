//! A call as text: the plugin, what the call was about, its steps, its cost.

mod page;

use sluicegate::{
    plugin::LogLine,
    trace::{
        Show,
        text::{self, inline, plain},
    },
};

use self::page::Page;
use super::called::{Called, Cost, Subject};
use crate::cli::plugin::{
    file::PluginFile,
    words::{size, time},
};

/// The whole page; `loaded` are the lines that the plugin wrote before the call.
pub(super) fn text(called: &Called, file: &PluginFile, loaded: &[LogLine]) -> String {
    let mut page = Page::default();
    let who = &called.plugin;
    page.row("plugin", &format!("{} {}, hash {}", who.name, who.version, who.hash));
    let from = file.settings_path.as_ref().map(|path| format!(" of {}", path.display()));
    page.row("settings", &format!("{}{}", file.settings_shown, from.unwrap_or_default()));
    let said =
        loaded.iter().map(|line| format!("log {}: {}", line.level.name(), plain(&line.text)));
    page.rows("loading", said);
    page.gap();
    subject(&mut page, &called.subject);
    steps(&mut page, called);
    page.gap();
    if let Some(words) = called.public {
        page.row("clients", &format!("hear only: {words}"));
    }
    if called.lines_dropped > 0 {
        page.row("log", &format!("{} lines over its rate", called.lines_dropped));
    }
    page.rows("counters", called.counters.iter().map(|(name, count)| format!("{name} {count}")));
    cost(&mut page, &called.cost);
    page.into_text()
}

/// What nobody but this command shows: here the message is made of defaults, too.
fn subject(page: &mut Page, subject: &Subject) {
    match subject {
        Subject::Message { verb, message, principal } => {
            page.line(&format!("{verb} {} as {}", message.topic, plain(principal)));
            for line in text::record(&message.record, Show::ALL) {
                page.line(&format!("  {line}"));
            }
        }
        Subject::Burst { topic, keys, partitions } => {
            page.line(&format!("publish {topic}, {partitions} partitions, {} keys", keys.len()));
        }
        Subject::Login(credentials) => {
            page.line(&format!("login {}", plain(&credentials.username)));
            page.line(&format!("  secret of {} bytes, not shown", credentials.secret.len()));
            page.line(&format!("  peer {}", plain(&credentials.peer)));
        }
    }
}

fn steps(page: &mut Page, called: &Called) {
    if called.steps.is_empty() {
        page.line("  not asked: a tombstone passes as it is, and no keys need no place");
    }
    for (index, step) in called.steps.iter().enumerate() {
        if let Subject::Burst { keys, .. } = &called.subject
            && let Some(key) = keys.get(index)
        {
            page.line(&format!("  key {}", inline(key.as_ref())));
        }
        for line in text::step(step, Show::SAME_EACH_TIME) {
            page.line(&format!("  {line}"));
        }
    }
}

fn cost(page: &mut Page, cost: &Cost) {
    page.row("took", &format!("{} of {}", time(cost.took), time(cost.deadline)));
    let (before, limit) = (size(cost.memory_before), size(cost.memory_max));
    let memory = match cost.memory_after {
        Some(after) if after == cost.memory_before => format!("{before} of {limit}"),
        Some(after) => format!("{before}, then {} of {limit}", size(after)),
        None => format!("{before} of {limit}; the instance was dropped"),
    };
    page.row("memory", &memory);
}

#[cfg(test)]
mod tests;
