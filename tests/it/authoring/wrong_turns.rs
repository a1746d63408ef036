//! Wrong turns, and what is said about each: kept as they are in `snapshots`, so that a change of
//! words is seen. After a change that is meant, `INSTA_UPDATE=always` writes them again.

mod calls; //    a plugin that breaks while it is called
mod files; //    what is dropped into the folder and is no plugin, or none that may run
mod projects; // `plugin new` and `plugin build`

use std::{fmt::Write as _, path::Path};

use serde_json::Value;
use sluicegate_tests::{Gateway, command::finish, gateway::sluicegate, workspace};
use tokio::process::Command;

/// Compares with the snapshot of this name.
pub(super) fn keep(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Text without what changes from run to run and from machine to machine.
pub(super) struct Redactions(Vec<(String, &'static str)>);

impl Redactions {
    pub(super) fn new() -> Self {
        let root = workspace::root().display().to_string();
        Self(vec![(root, "[ROOT]")])
    }

    /// Paths below this folder are told without it.
    pub(super) fn folder(mut self, folder: &Path, name: &'static str) -> Self {
        // The innermost folder first: one may lie in another.
        self.0.insert(0, (folder.display().to_string(), name));
        self
    }

    pub(super) fn text(&self, text: &str) -> String {
        let text = self.0.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        let text = number_after(&text, "asked for ", "[BYTES]");
        // Where a test guest's line is changes with the guest.
        number_after(&number_after(&text, "deeds.rs:", "[LINE]"), "[LINE]:", "[COLUMN]")
    }
}

/// What stands between `before` and what follows the digits differs with the compiler.
fn number_after(text: &str, before: &str, name: &str) -> String {
    let mut pieces = text.split(before);
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit());
        let name = if rest.len() < piece.len() { name } else { "" };
        let _ = write!(kept, "{before}{name}{rest}");
    }
    kept
}

/// The lines of a gateway's log about its plugins, from the given one on: level, message, fields.
pub(super) fn plugin_lines(gateway: &Gateway, from: usize) -> String {
    let log = gateway.log();
    let events = log.lines().skip(from).filter_map(|line| serde_json::from_str(line).ok());
    let mut text = String::new();
    for event in events {
        let event: Value = event;
        let fields = event.get("fields").unwrap_or(&event);
        let word = |key: &str| fields[key].as_str().unwrap_or_default().to_owned();
        if word("plugin").is_empty() {
            continue;
        }
        let level = event["level"].as_str().unwrap_or_default().to_lowercase();
        let _ = writeln!(text, "{level}: {}, plugin={}", word("message"), word("plugin"));
        for key in ["line", "error"].into_iter().filter(|key| !fields[*key].is_null()) {
            let _ = writeln!(text, "  {key}={}", word(key));
        }
    }
    text
}

/// One run of the program: what was typed, what it said, and whether it was content.
pub(super) async fn told(arguments: &[&str], ready: impl FnOnce(&mut Command)) -> String {
    let mut command = sluicegate(arguments);
    ready(&mut command);
    let told = finish(command, "").await;
    let end = if told.succeeded { "it succeeded" } else { "it failed" };
    let (out, errors) = (told.output.trim_end(), told.errors.trim_end());
    let said: Vec<_> = [out, errors].into_iter().filter(|text| !text.is_empty()).collect();
    format!("$ sluicegate {}\n{}\n({end})\n", arguments.join(" "), said.join("\n"))
}
