//! How one value became another, line by line.

use json_patch::PatchOperation;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::payload::{Form, ROW_BYTES, SHOWN_BYTES_MAX, cut, more, one_line, plain, row, whole};

/// Lines around a change that are shown although they are the same.
const CONTEXT: usize = 2;
/// Most edits of a JSON value, and lines of a text, that are shown or even compared.
const EDITS_MAX: usize = 256;
/// Longest piece of a line of text that is compared as one.
const PIECE_BYTES_MAX: usize = 1024;

/// The difference in the form that both have; where the forms differ, all of both. Each line begins
/// with what joins it to the word `value`: ` /path: …`, ` - …`, ` + …`.
pub(super) fn lines(before: Option<&[u8]>, after: Option<&[u8]>) -> Vec<String> {
    let (Some(old), Some(new)) = (before, after) else { return replaced(before, after) };
    match (Form::of(old), Form::of(new)) {
        (Form::Json(a), Form::Json(b)) if a != b => edits(a, &b),
        (Form::Json(_) | Form::Text, Form::Json(_) | Form::Text) => {
            compared(old, new, text_lines, |(_, line)| one_line(line))
        }
        (Form::Binary, Form::Binary) => {
            compared(old, new, hex_rows, |(offset, bytes)| row(offset, bytes))
        }
        (Form::Binary, _) | (_, Form::Binary) => replaced(before, after),
    }
}

fn replaced(before: Option<&[u8]>, after: Option<&[u8]>) -> Vec<String> {
    let old = whole(before).into_iter().map(|line| format!(" - {line}"));
    old.chain(whole(after).into_iter().map(|line| format!(" + {line}"))).collect()
}

/// One line an operation of a JSON Patch, with the value that was there before.
fn edits(mut before: Value, after: &Value) -> Vec<String> {
    let patch = json_patch::diff(&before, after);
    let mut lines = Vec::new();
    for operation in patch.iter().take(EDITS_MAX) {
        lines.push(edit(&before, operation));
        // Later paths count from here: an array that lost an item has the next one there.
        if json_patch::patch(&mut before, std::slice::from_ref(operation)).is_err() {
            break;
        }
    }
    let left = patch.len() - lines.len();
    lines.extend((left > 0).then(|| format!(" … {left} changes more")));
    lines
}

fn edit(before: &Value, operation: &PatchOperation) -> String {
    let path = operation.path().as_str();
    let old = before.pointer(path).map(|value| plain(value.to_string())).unwrap_or_default();
    let what = match operation {
        PatchOperation::Add(add) => format!("added {}", plain(add.value.to_string())),
        PatchOperation::Remove(_) => format!("removed {old}"),
        PatchOperation::Replace(replace) => {
            format!("{old} → {}", plain(replace.value.to_string()))
        }
        // A difference is told by the other three.
        PatchOperation::Move(_) | PatchOperation::Copy(_) | PatchOperation::Test(_) => {
            operation.to_string()
        }
    };
    let gap = if path.is_empty() { "" } else { " " };
    format!("{gap}{}: {what}", plain(path))
}

/// A line of a text, or a row of bytes with its offset.
type Unit<'a> = (usize, &'a [u8]);

fn text_lines(text: &[u8]) -> Vec<Unit<'_>> {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    lines.flat_map(pieces).map(|piece| (0, piece)).collect()
}

/// A line in pieces that are shown whole: a change at its end would be cut off else.
fn pieces(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let (piece, left) = cut(rest, PIECE_BYTES_MAX);
        rest = &rest[rest.len() - left..];
        (!piece.is_empty()).then_some(piece)
    })
}

fn hex_rows(bytes: &[u8]) -> Vec<Unit<'_>> {
    bytes.chunks(ROW_BYTES).enumerate().map(|(at, chunk)| (at * ROW_BYTES, chunk)).collect()
}

/// What both begin and end with is left out before they are compared, so that the work is bounded
/// and a change far behind in a long value is still seen.
fn compared<'a>(
    before: &'a [u8],
    after: &'a [u8],
    split: fn(&'a [u8]) -> Vec<Unit<'a>>,
    show: fn(Unit<'a>) -> String,
) -> Vec<String> {
    let (old, new) = (split(before), split(after));
    let same = |pairs: &mut dyn Iterator<Item = (&Unit<'a>, &Unit<'a>)>| {
        pairs.take_while(|(old, new)| old == new).count()
    };
    let head = same(&mut old.iter().zip(&new));
    let tail = same(&mut old[head..].iter().rev().zip(new[head..].iter().rev()));
    let (head, tail) = (head.saturating_sub(CONTEXT), tail.saturating_sub(CONTEXT));
    let old = Part::of(&old[head..old.len() - tail], show);
    let new = Part::of(&new[head..new.len() - tail], show);
    let mut lines: Vec<_> = alike(head).into_iter().collect();
    lines.extend(changed(&old.rows, &new.rows));
    lines.extend(more(old.left).map(|mark| format!(" - {mark}")));
    lines.extend(more(new.left).map(|mark| format!(" + {mark}")));
    lines.extend(alike(tail));
    lines
}

fn alike(rows: usize) -> Option<String> {
    (rows > 0).then(|| format!("   … {rows} lines are the same"))
}

/// The rows of one side that are compared.
struct Part {
    rows: Vec<String>,
    /// Bytes that are not.
    left: usize,
}

impl Part {
    fn of<'a>(units: &[Unit<'a>], show: fn(Unit<'a>) -> String) -> Self {
        let mut room = SHOWN_BYTES_MAX;
        let fits = |(_, bytes): &&Unit<'a>| {
            let fits = room > 0;
            room = room.saturating_sub(bytes.len());
            fits
        };
        let rows: Vec<_> =
            units.iter().take(EDITS_MAX).take_while(fits).copied().map(show).collect();
        let left = units[rows.len()..].iter().map(|(_, bytes)| bytes.len()).sum();
        Self { rows, left }
    }
}

fn changed(old: &[String], new: &[String]) -> Vec<String> {
    let (old, new): (Vec<_>, Vec<_>) =
        (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
    let diff = TextDiff::from_slices(&old, &new);
    let mut lines = Vec::new();
    let mut shown = 0;
    for group in diff.grouped_ops(CONTEXT) {
        let begins = group.first().map_or(shown, |operation| operation.old_range().start);
        lines.extend(alike(begins - shown));
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            lines.push(format!(" {sign} {}", change.value()));
        }
        shown = group.last().map_or(shown, |operation| operation.old_range().end);
    }
    lines
}

#[cfg(test)]
mod tests;
