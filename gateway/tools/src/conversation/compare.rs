//! Two snapshots compared: the first place where they differ, and the plugin that made it so.
//!
//! A step of the chain is compared before what follows from it: in a snapshot the steps of a message
//! stand in the order of the calls, and before the replies. So the first line that differs is where
//! things began to go another way.

use similar::{ChangeTag, TextDiff};

mod block;

#[cfg(test)]
mod tests;

use block::{Block, LineKind};

/// Most lines of a difference that are shown of either side, so that one fault fills no screen and
/// hides the other side.
const SHOWN_MAX: usize = 6;

/// The first difference between an accepted snapshot and a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Number of the conversation's line.
    pub line: usize,
    /// The line as it stands in the snapshot, with the client's name.
    pub said: String,
    /// What kind of difference it is.
    pub kind: DifferenceKind,
    /// Lines that are gone or new, below the step that they belong to.
    pub lines: Vec<DiffLine>,
    /// Other lines of the conversation that differ too.
    pub more: usize,
}

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// Gone, new, or in both and shown to say where the others are.
    pub tag: ChangeTag,
    /// The line without the indent that all lines of snapshots have.
    pub text: String,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// The conversation has another line here.
    CallOutput,
    /// A plugin did something else with the message.
    Did(String),
    /// A plugin that was called is not called any more.
    Missing(String),
    /// A plugin is called that was not.
    Added(String),
    /// Two plugins are called in another order; the first one now, the first one before.
    Order(String, String),
    /// Other messages met the chain.
    Messages,
    /// The plugins did the same, and the message ended in another way.
    End,
    /// Only a reply.
    Reply,
}

impl DifferenceKind {
    /// The plugin that did it, where one did.
    pub fn plugin(&self) -> Option<&str> {
        match self {
            Self::Did(plugin) | Self::Missing(plugin) | Self::Added(plugin) => Some(plugin),
            Self::Order(now, _) => Some(now),
            Self::CallOutput | Self::Messages | Self::End | Self::Reply => None,
        }
    }

    /// For the user.
    pub fn describe(&self) -> String {
        match self {
            Self::CallOutput => "the conversation says something else".into(),
            Self::Did(plugin) => format!("{plugin} did something else"),
            Self::Missing(plugin) => format!("{plugin} was not called"),
            Self::Added(plugin) => format!("{plugin} was called, and was not before"),
            Self::Order(now, before) => format!("{now} was called before {before}"),
            Self::Messages => "other messages went through the chain".into(),
            Self::End => "the plugins did the same, the gateway something else".into(),
            Self::Reply => "the reply is another".into(),
        }
    }
}

/// The first difference; `None` if the texts are the same. `numbers` are the lines of the
/// conversation's file, one for each block of `new`.
pub fn compare(accepted: &str, new: &str, numbers: &[usize]) -> Option<Difference> {
    let (accepted, new) = (block::unfold(accepted), block::unfold(new));
    let (before, after) = (block::split(&accepted), block::split(&new));
    let blocks = before.len().max(after.len());
    let differs = |&index: &usize| before.get(index) != after.get(index);
    let first = (0..blocks).find(differs)?;
    let more = (first + 1..blocks).filter(differs).count();
    let empty = Block::default();
    let (old, new) = (before.get(first).unwrap_or(&empty), after.get(first).unwrap_or(&empty));
    let is_same_line = old.head == new.head;
    let said = if after.len() > first { new.head } else { old.head };
    let line = numbers.get(first).or(numbers.last()).copied().unwrap_or(1);
    let (kind, lines) = if is_same_line {
        let at = old.same_until(new);
        (kind_of(old, new, at), changed(old, new, at))
    } else {
        (DifferenceKind::CallOutput, said_lines(old, new))
    };
    // Where a line was put in or taken out, all behind it are others; their number says nothing.
    let more = if is_same_line { more } else { 0 };
    Some(Difference { line, said: said.to_owned(), kind, lines, more })
}

/// What the lines from `at` on, which differ, are about.
fn kind_of(old: &Block<'_>, new: &Block<'_>, at: usize) -> DifferenceKind {
    let (was, is) = (old.kind(at), new.kind(at));
    match (was, is) {
        // A detail on one side belongs to the step or end above it, which both have.
        (LineKind::Detail, _) => detail(old, at),
        (_, LineKind::Detail) => detail(new, at),
        (LineKind::Step(was), LineKind::Step(is)) if was == is => {
            DifferenceKind::Did(is.to_owned())
        }
        (LineKind::Step(was), LineKind::Step(is)) => {
            match (new.calls_later(was, at), old.calls_later(is, at)) {
                (true, true) => DifferenceKind::Order(is.to_owned(), was.to_owned()),
                (true, false) => DifferenceKind::Added(is.to_owned()),
                _ => DifferenceKind::Missing(was.to_owned()),
            }
        }
        (LineKind::Step(was), _) => DifferenceKind::Missing(was.to_owned()),
        (_, LineKind::Step(is)) => DifferenceKind::Added(is.to_owned()),
        (LineKind::End, _) | (_, LineKind::End) => DifferenceKind::End,
        (LineKind::Head, _) | (_, LineKind::Head) => DifferenceKind::Messages,
        (LineKind::Reply | LineKind::Nothing, LineKind::Reply | LineKind::Nothing) => {
            DifferenceKind::Reply
        }
    }
}

fn detail(block: &Block<'_>, at: usize) -> DifferenceKind {
    match block.owner(at) {
        LineKind::Step(plugin) => DifferenceKind::Did(plugin.to_owned()),
        LineKind::End => DifferenceKind::End,
        _ => DifferenceKind::Reply,
    }
}

/// The lines that differ from `at` on, up to the first that is the same again, and above them the
/// step and the message they belong to.
fn changed(old: &Block<'_>, new: &Block<'_>, at: usize) -> Vec<DiffLine> {
    let line = |text: &str| text.strip_prefix("  ").unwrap_or(text).to_owned();
    let mut shown: Vec<_> = new
        .above(at)
        .into_iter()
        .map(|text| DiffLine { tag: ChangeTag::Equal, text: line(text) })
        .collect();
    let diff = TextDiff::from_slices(&old.lines[at..], &new.lines[at..]);
    let changes = diff.iter_all_changes();
    let changes = changes.take_while(|change| change.tag() != ChangeTag::Equal);
    let (gone, come): (Vec<_>, Vec<_>) =
        changes.partition(|change| change.tag() == ChangeTag::Delete);
    for (tag, changes) in [(ChangeTag::Delete, gone), (ChangeTag::Insert, come)] {
        let left = changes.len().saturating_sub(SHOWN_MAX);
        let changes = changes.iter().take(SHOWN_MAX);
        shown.extend(changes.map(|change| DiffLine { tag, text: line(change.value()) }));
        if left > 0 {
            shown.push(DiffLine { tag, text: format!("  … {left} more lines") });
        }
    }
    shown
}

fn said_lines(old: &Block<'_>, new: &Block<'_>) -> Vec<DiffLine> {
    let lines = [(ChangeTag::Delete, old.head), (ChangeTag::Insert, new.head)];
    let lines = lines.into_iter().filter(|(_, said)| !said.is_empty());
    lines.map(|(tag, text)| DiffLine { tag, text: text.to_owned() }).collect()
}
