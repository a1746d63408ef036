//! A call as text: the plugin, what the call was about, its steps, its cost.

use sluicegate::{
    plugin::LogLine,
    trace::{
        Show,
        text::{self, inline, plain},
    },
};

use super::report::{CallReport, Cost, Subject};
use crate::cli::plugin::{
    file::PluginFile,
    units::{size, time},
};

/// The whole page; `loaded` are the lines that the plugin wrote before the call.
pub(super) fn text(report: &CallReport, file: &PluginFile, loaded: &[LogLine]) -> String {
    let mut page = Page::default();
    let who = &report.plugin;
    page.row("plugin", &format!("{} {}, hash {}", who.name, who.version, who.hash));
    let from = file.settings_path.as_ref().map(|path| format!(" of {}", path.display()));
    page.row("settings", &format!("{}{}", file.settings_shown, from.unwrap_or_default()));
    let said =
        loaded.iter().map(|line| format!("log {}: {}", line.level.name(), plain(&line.text)));
    page.rows("loading", said);
    page.gap();
    subject(&mut page, &report.subject);
    steps(&mut page, report);
    page.gap();
    if let Some(words) = report.public {
        page.row("clients", &format!("hear only: {words}"));
    }
    if report.lines_dropped > 0 {
        page.row("log", &format!("{} lines over its rate", report.lines_dropped));
    }
    page.rows("counters", report.counters.iter().map(|(name, count)| format!("{name} {count}")));
    cost(&mut page, &report.cost);
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

fn steps(page: &mut Page, report: &CallReport) {
    if report.steps.is_empty() {
        page.line("  not asked: a tombstone passes as it is, and no keys need no place");
    }
    for (index, step) in report.steps.iter().enumerate() {
        if let Subject::Burst { keys, .. } = &report.subject
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

/// Lines, some of a label and what it is about.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    /// One line of two columns; an empty label continues the one before.
    pub(super) fn row(&mut self, label: &str, text: &str) {
        self.line(&format!("{label:<9} {text}"));
    }

    /// Lines under one label.
    pub(super) fn rows(&mut self, label: &str, texts: impl IntoIterator<Item = String>) {
        let mut label = label;
        for text in texts {
            self.row(label, &text);
            label = "";
        }
    }

    /// One line as it is.
    pub(super) fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.0.push('\n');
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    //! Calls made by hand, and their text.

    use std::{collections::BTreeMap, time::Duration};

    use bytes::Bytes;
    use sluicegate::{
        plugin::PluginSettings,
        telemetry::LogLevel,
        trace::{Change, Line, Outcome, PluginId, Step},
    };

    use super::*;
    use crate::cli::plugin::input::Input;

    fn file() -> PluginFile {
        PluginFile {
            path: "guard.wasm".into(),
            wasm: Vec::new(),
            settings: PluginSettings::new("guard"),
            settings_path: Some("guard.toml".into()),
            settings_shown: r#"{"redact":"card"}"#.into(),
        }
    }

    fn guard() -> PluginId {
        PluginId { name: "guard".into(), version: "0.1.0".into(), hash: "0123456789ab".into() }
    }

    fn step(call: &'static str, outcome: Outcome) -> Step {
        Step {
            plugin: guard(),
            call,
            outcome,
            change: None,
            lines: Vec::new(),
            host_calls: Vec::new(),
            took: Duration::from_micros(12),
        }
    }

    fn report(subject: Subject, steps: Vec<Step>) -> CallReport {
        CallReport {
            plugin: guard(),
            subject,
            steps,
            public: None,
            lines_dropped: 0,
            counters: BTreeMap::new(),
            cost: Cost {
                took: Duration::from_micros(12),
                deadline: Duration::from_millis(100),
                memory_after: Some(131_072),
                memory_before: 65_536,
                memory_max: 1 << 26,
            },
        }
    }

    #[test]
    fn a_whole_page_tells_what_changed_and_what_was_said() {
        let json =
            r#"{"key": "k", "value": {"card": "1"}, "timestamp_ms": 5, "headers": {"a": "1"}}"#;
        let Input { message, principal, .. } = Input::parse(json).unwrap();
        let mut after = message.clone();
        after.record.value = Some(Bytes::from(r#"{"card": "***"}"#));
        let mut filter = step("filter.on-produce", Outcome::Forward);
        filter.change = Some(Change { before: message.clone(), after });
        filter.lines = vec![Line { level: LogLevel::Warn, words: "one card".into() }];
        let mut report =
            report(Subject::Message { verb: "publish", message, principal }, vec![filter]);
        report.lines_dropped = 2;
        report.counters = BTreeMap::from([("seen".to_owned(), 1)]);
        let ready = LogLine { number: 1, at_ms: 0, level: LogLevel::Info, text: "ready".into() };
        assert_eq!(
            text(&report, &file(), &[ready]),
            r#"plugin    guard 0.1.0, hash 0123456789ab
settings  {"redact":"card"} of guard.toml
loading   log info: ready

publish demo as demo
  key "k"
  header a: "1"
  time 5 ms
  value {"card": "1"}
  guard filter.on-produce forward, changed
    value /card: "1" → "***"
    log warn: one card

log       2 lines over its rate
counters  seen 1
took      12.0 µs of 100 ms
memory    64.0 KiB, then 128.0 KiB of 64.0 MiB
"#
        );
    }

    #[test]
    fn a_burst_is_told_key_by_key() {
        let place =
            |chosen| step("partitioner.partition-many", Outcome::Partition { chosen, of: 8 });
        let keys = vec![Some(Bytes::from("a")), None];
        let subject = Subject::Burst { topic: "demo".into(), keys, partitions: 8 };
        let text = text(&report(subject, vec![place(Some(4)), place(None)]), &file(), &[]);
        let told = text.split("\n\n").nth(1).unwrap();
        assert_eq!(
            told,
            r#"publish demo, 8 partitions, 2 keys
  key "a"
  guard partitioner.partition-many partition 4 of 8
  key (null)
  guard partitioner.partition-many no preference of 8 partitions"#
        );
    }

    #[test]
    fn a_call_without_an_answer_tells_what_clients_hear() {
        let Input { message, principal, .. } = Input::parse("{}").unwrap();
        let failed = Outcome::Failed { why: "it trapped".into(), bypassed: false };
        let subject = Subject::Message { verb: "publish", message, principal };
        let mut report = report(subject, vec![step("filter.on-produce", failed)]);
        report.public = Some("plugin failed");
        report.cost.memory_after = None;
        let text = text(&report, &file(), &[]);
        assert!(text.contains("  guard filter.on-produce failed: it trapped\n\n"), "{text}");
        assert!(text.contains("\nclients   hear only: plugin failed\n"), "{text}");
        assert!(text.ends_with("; the instance was dropped\n"), "{text}");
    }

    #[test]
    fn a_secret_is_not_shown() {
        let json = r#"{"username": "ann", "secret": "hush"}"#;
        let login = Subject::Login(Input::parse(json).unwrap().credentials);
        let denied = step("authenticator.authenticate", Outcome::Denied("not mine".into()));
        let text = text(&report(login, vec![denied]), &file(), &[]);
        assert!(text.contains("login ann\n  secret of 4 bytes, not shown\n"), "{text}");
        assert!(text.contains("denied: not mine") && !text.contains("hush"), "{text}");
    }
}
