//! Scripts: one step a line.
//!
//! ```text
//! # a comment
//! XLEN s                  the reply must be the same
//! @b XLEN s               sent by the client `b`; the first client is `a`
//! @b & XREAD BLOCK …      sent, and nobody waits for the reply
//! @b <                    the next reply, or message of a channel
//! ~idle XPENDING …        compared after the mask `idle`
//! !xdel XDEL s 1-0        known to differ: `xdel` in the table of config/redis.md
//! ```

use std::fs;

use sluicegate_tests::{client::split, workspace};

/// One step of a script.
#[derive(Debug)]
pub(super) struct Line {
    /// File and number.
    pub(super) place: String,
    /// As it was written.
    pub(super) text: String,
    /// Who takes it.
    pub(super) client: String,
    /// What of the reply may differ.
    pub(super) masks: Vec<String>,
    /// The key of the difference that it shows.
    pub(super) difference: Option<String>,
    pub(super) step: Step,
}

/// What is done.
#[derive(Debug)]
pub(super) enum Step {
    /// A command is sent and its reply is awaited.
    Ask(Vec<String>),
    /// A command is sent.
    Send(Vec<String>),
    /// A reply is awaited.
    Next,
}

impl Line {
    /// A command of the first client.
    pub(super) fn command(text: &str) -> Self {
        let mut line = Self {
            place: String::new(),
            text: text.to_owned(),
            client: "a".to_owned(),
            masks: Vec::new(),
            difference: None,
            step: Step::Next,
        };
        let mut words = split(text).into_iter().peekable();
        while let Some(word) = words.next_if(|word| word.starts_with(['@', '~', '!'])) {
            let rest = word[1..].to_owned();
            match word.as_bytes()[0] {
                b'@' => line.client = rest,
                b'~' => line.masks.push(rest),
                _ => line.difference = Some(rest),
            }
        }
        if words.next_if_eq("<").is_some() {
            assert!(words.peek().is_none(), "{text}: nothing stands behind `<`");
            return line;
        }
        let is_sent = words.next_if_eq("&").is_some();
        let words: Vec<_> = words.collect();
        assert!(!words.is_empty(), "{text}: no command");
        line.step = if is_sent { Step::Send(words) } else { Step::Ask(words) };
        line
    }
}

/// The steps of a script.
pub(super) fn read(name: &str) -> Vec<Line> {
    let place = format!("tests/it/redis_answers/{name}.txt");
    let path = workspace::root().join(&place);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{place}: {error}"));
    let steps = text.lines().enumerate();
    let steps = steps.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let step = |(at, text): (usize, &str)| {
        let place = format!("{place}:{}", at + 1);
        Line { place, ..Line::command(text) }
    };
    steps.map(step).collect()
}
