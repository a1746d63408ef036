//! Replies to commands, and reading their arguments.

use crate::plugin::reach::{
    error::ReachError,
    exchange::{Answer, Cell},
};

/// The reply to a command.
pub(super) type CommandReply = Result<Answer, ReachError>;

/// Places `from` to `to`, both counted in; from the end where negative.
pub(super) fn within(from: i64, to: i64, length: usize) -> std::ops::Range<usize> {
    let length = to_i64(length);
    let absolute = |at: i64| if at < 0 { at.saturating_add(length) } else { at };
    let (from, to) = (absolute(from).max(0), absolute(to).min(length - 1));
    if from > to {
        return 0..0;
    }
    let place = |at: i64| usize::try_from(at).unwrap_or_default();
    place(from)..place(to) + 1
}

pub(super) fn to_i64(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

pub(super) fn number(text: &[u8]) -> Result<i64, ReachError> {
    let parsed = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| ReachError::Refused("ERR value is not an integer or out of range".into()))
}

pub(super) fn bytes(bytes: &[u8]) -> Cell {
    Cell::Bytes(bytes.to_vec())
}

pub(super) fn value(found: Option<&Vec<u8>>) -> Cell {
    found.map_or(Cell::Nil, |found| bytes(found))
}

#[expect(clippy::unnecessary_wraps, reason = "the form of all answers to commands")]
pub(super) fn one(cell: Cell) -> CommandReply {
    Ok(Answer::Single(cell))
}

#[expect(clippy::unnecessary_wraps, reason = "the form of all answers to commands")]
pub(super) fn many(cells: impl Iterator<Item = Cell>) -> CommandReply {
    Ok(Answer::Many(cells.collect()))
}

pub(super) fn integer(number: usize) -> CommandReply {
    one(Cell::Integer(to_i64(number)))
}

/// In the words of Redis, as a plugin gets them: without what stands in quotes.
pub(super) fn wrong_number() -> CommandReply {
    Err(ReachError::Refused("ERR wrong number of arguments for … command".into()))
}

pub(super) fn wrong_type() -> ReachError {
    let words = "WRONGTYPE Operation against a key holding the wrong kind of value";
    ReachError::Refused(words.into())
}
