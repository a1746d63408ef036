//! What may vary between two gateways that do the same.
//!
//! Replies that are the same byte for byte need no rule. Otherwise both are changed by the rules of
//! the commands that were said, and must then be the same.

use std::collections::BTreeSet;

use regex::bytes::Regex;

use super::{
    conversation::{Command, Conversation, Step},
    frame::{Frame, find},
    side::Traffic,
};

mod known;
mod message;

use known::RULES;

/// Stands for what varies.
const VARIES: &[u8] = b"<varies>";

/// One reason for a difference.
#[derive(Debug)]
struct Rule {
    /// The commands in whose replies it is found.
    of: &'static str,
    what: What,
}

/// What varies.
#[derive(Debug)]
enum What {
    /// This, in any text; the first group stays.
    Text(Regex),
    /// These fields of INFO's text.
    Fields(&'static [&'static str]),
    /// These fields of INFO, apart from what the harness itself has added.
    Counted { fields: &'static [&'static str], by: fn(Traffic) -> u64 },
    /// What stands behind one of these names.
    Behind(&'static [&'static str]),
    /// Integers at these places of lists of this length.
    Items { length: usize, at: &'static [usize] },
    /// Milliseconds at this place of lists of this length, apart from thousands of seconds.
    Idle { length: usize, at: usize },
    /// The same behind one of these names.
    IdleBehind(&'static [&'static str]),
    /// Integers that are Unix milliseconds.
    Moments,
    /// How often an authenticator was called, in the map that describes it.
    LoginCalls,
    /// The time in databus messages as protobuf.
    MessageTime,
}

/// How one side saw a reply.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(crate) said: &'a BTreeSet<String>,
    pub(crate) places: &'a [(String, String)],
    pub(crate) traffic: Traffic,
}

/// The commands that a reply may answer: those of its step, and all of the conversation where
/// replies come later than they were asked for.
pub(crate) fn said(conversation: &Conversation, step: usize) -> BTreeSet<String> {
    let own = conversation.steps.get(step).map_or(&[][..], Step::commands);
    let mut said: BTreeSet<String> = own.iter().flat_map(names).collect();
    let all = || conversation.steps.iter().flat_map(Step::commands).flat_map(names);
    if said.is_empty() || said.contains("EXEC") {
        said.extend(all());
    }
    // Whoever watches sees lines at any time.
    said.extend(all().filter(|name| name == "MONITOR"));
    let is_http = |step: &Step| matches!(step, Step::OpenHttp { .. });
    if conversation.steps.iter().any(is_http) {
        said.insert("HTTP".to_owned());
    }
    said
}

/// A command's name; of EXPLAIN also what it explains, by itself and as explained.
fn names(command: &Command) -> Vec<String> {
    let upper = |word: &Vec<u8>| String::from_utf8_lossy(word).to_uppercase();
    let Some(first) = command.first().map(upper) else { return Vec::new() };
    let mut names = vec![first];
    if names[0] == "EXPLAIN" {
        let mut rest = command[1..].iter().map(upper).skip_while(|word| word == "JSON");
        if let Some(inner) = rest.next() {
            names.push(format!("EXPLAIN {inner}"));
            names.push(inner);
        }
    }
    names
}

/// A reply without what may vary. What is no reply of RESP is taken for one text.
pub(crate) fn without_what_varies(reply: &[u8], view: &View<'_>) -> Frame {
    let mut frame = match Frame::read(reply) {
        Ok(Some((frame, length))) if length == reply.len() => frame,
        Ok(_) | Err(_) => Frame::Blob(b'?', reply.to_vec()),
    };
    frame.each_text(&mut |text| name_places(text, view.places));
    let rules = RULES.iter().filter(|rule| view.said.contains(rule.of));
    rules.for_each(|rule| rule.what.take_out(&mut frame, view));
    frame
}

/// The addresses of this side's gateway and clients, by what they are.
fn name_places(text: &mut Vec<u8>, places: &[(String, String)]) {
    for (place, name) in places {
        while let Some(at) = find(text, place.as_bytes()) {
            text.splice(at..at + place.len(), name.bytes());
        }
    }
}

impl What {
    fn take_out(&self, frame: &mut Frame, view: &View<'_>) {
        match self {
            Self::Text(pattern) => frame.each_text(&mut |text| {
                let changed = pattern.replace_all(text, &b"${1}<varies>"[..]).into_owned();
                *text = changed;
            }),
            Self::Fields(names) => {
                frame.each_text(&mut |text| change_fields(text, names, |_| VARIES.to_vec()));
            }
            Self::Counted { fields, by } => frame.each_text(&mut |text| {
                let own = by(view.traffic);
                change_fields(text, fields, |value| less(value, own));
            }),
            Self::Behind(names) => change_behind(frame, names, &|_| VARIES.to_vec()),
            Self::IdleBehind(names) => change_behind(frame, names, &thousands),
            Self::Items { length, at } => frame.each_list(&mut |items| {
                let wanted = items.len() == *length;
                let places = at.iter().filter(|_| wanted);
                places.for_each(|at| change_integer(&mut items[*at], &|_| VARIES.to_vec()));
            }),
            Self::Idle { length, at } => frame.each_list(&mut |items| {
                if items.len() == *length {
                    change_integer(&mut items[*at], &thousands);
                }
            }),
            Self::Moments => frame.each_list(&mut |items| {
                items.iter_mut().for_each(|item| change_integer(item, &not_a_moment));
            }),
            Self::LoginCalls => frame.each_list(&mut |items| change_login_calls(items)),
            Self::MessageTime => frame.each_text(&mut |text| message::forget_time(text)),
        }
    }
}

/// In the map that describes an authenticator.
fn change_login_calls(items: &mut [Frame]) {
    let is_role =
        |pair: &[Frame]| is_blob(&pair[0], b"roles") && is_blob(&pair[1], b"authenticator");
    if !items.windows(2).any(is_role) {
        return;
    }
    let calls = items.iter().position(|item| is_blob(item, b"calls"));
    if let Some(number) = calls.and_then(|at| items.get_mut(at + 1)) {
        change_integer(number, &|_| VARIES.to_vec());
    }
}

fn is_blob(frame: &Frame, wanted: &[u8]) -> bool {
    matches!(frame, Frame::Blob(_, text) if text == wanted)
}

fn change_integer(frame: &mut Frame, change: &dyn Fn(&[u8]) -> Vec<u8>) {
    if let Frame::Line(b':', text) = frame {
        *text = change(text);
    }
}

/// What stands behind names in lists and maps.
fn change_behind(frame: &mut Frame, names: &[&str], change: &dyn Fn(&[u8]) -> Vec<u8>) {
    let is_named = |item: &Frame| matches!(item, Frame::Blob(_, text) if names.iter().any(|name| name.as_bytes() == text));
    frame.each_list(&mut |items| {
        for at in 1..items.len() {
            if !is_named(&items[at - 1]) {
                continue;
            }
            if let Frame::Line(_, text) | Frame::Blob(_, text) = &mut items[at] {
                *text = change(text);
            }
        }
    });
}

/// Lines `name:value`, wherever they stand in a text, also in one that quotes them.
fn change_fields(text: &mut Vec<u8>, names: &[&str], change: impl Fn(&[u8]) -> Vec<u8>) {
    for name in names {
        let begin = format!("{name}:");
        let mut from = 0;
        while let Some(at) = find(&text[from..], begin.as_bytes()) {
            let start = from + at;
            let value = start + begin.len();
            let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            // `\r\n` is quoted where a reply is shown within another.
            let is_whole =
                !text[..start].last().is_some_and(is_part) || text[..start].ends_with(b"\\n");
            let end = text[value..].iter().position(|byte| b"\r\n\\\"".contains(byte));
            let end = end.map_or(text.len(), |length| value + length);
            from = value;
            if is_whole {
                let changed = change(&text[value..end]);
                from += changed.len();
                text.splice(value..end, changed);
            }
        }
    }
}

fn less(value: &[u8], by: u64) -> Vec<u8> {
    let number = std::str::from_utf8(value).ok().and_then(|text| text.parse::<u64>().ok());
    number.map_or_else(|| value.to_vec(), |number| number.wrapping_sub(by).to_string().into_bytes())
}

/// Milliseconds, rounded down to a number that no conversation takes to pass.
fn thousands(value: &[u8]) -> Vec<u8> {
    const STEP_MS: i64 = 1_000_000;
    let number = std::str::from_utf8(value).ok().and_then(|text| text.parse::<i64>().ok());
    match number {
        Some(number) if number >= 0 => format!("<{} ks>", number / STEP_MS).into_bytes(),
        _ => value.to_vec(),
    }
}

/// Unix milliseconds of this century are what varies.
fn not_a_moment(value: &[u8]) -> Vec<u8> {
    if value.len() == 13 { VARIES.to_vec() } else { value.to_vec() }
}

#[cfg(test)]
mod tests;
