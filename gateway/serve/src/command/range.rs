//! `XRANGE` and `XREVRANGE`.

use super::{EntryId, StreamKey, integer, is_word, stream_key, syntax_error};
use crate::{message::Rejection, resp::Args};

/// What an XRANGE or XREVRANGE asks for.
#[derive(Clone, Debug)]
pub struct Range {
    /// Which topic.
    pub key: StreamKey,
    /// First id wanted.
    pub start: EntryId,
    /// `(`: not this id itself.
    pub start_excluded: bool,
    /// Last id wanted.
    pub end: EntryId,
    /// `(`: not this id itself.
    pub end_excluded: bool,
    /// At most so many; `None` for all.
    pub count: Option<usize>,
}

/// Reads `XRANGE key start end [COUNT count]`.
///
/// # Errors
/// Redis' words.
pub fn range(args: &Args<'_>) -> Result<Range, Rejection> {
    between(args, &args[2], &args[3])
}

/// Reads `XREVRANGE key end start [COUNT count]`.
///
/// # Errors
/// Redis' words.
pub fn reverse_range(args: &Args<'_>) -> Result<Range, Rejection> {
    between(args, &args[3], &args[2])
}

fn between(args: &Args<'_>, start: &[u8], end: &[u8]) -> Result<Range, Rejection> {
    let key = stream_key(&args[1])?;
    let (start, start_excluded) = bound(start, 0)?;
    let (end, end_excluded) = bound(end, u64::MAX)?;
    if start_excluded && start == EntryId::LAST {
        return Err(Rejection::err("invalid start ID for the interval"));
    }
    if end_excluded && end == EntryId::FIRST {
        return Err(Rejection::err("invalid end ID for the interval"));
    }
    let mut count = None;
    let mut at = 4;
    while at < args.len() {
        if at + 1 == args.len() || !is_word(&args[at], "COUNT") {
            return Err(syntax_error());
        }
        // Redis takes less than none for none.
        count = Some(usize::try_from(integer(&args[at + 1])?).unwrap_or(0));
        at += 2;
    }
    Ok(Range { key, start, start_excluded, end, end_excluded, count })
}

/// Reads one end of a range, and whether it is left out; `partition` is that of an id without one.
pub(crate) fn bound(bytes: &[u8], partition: u64) -> Result<(EntryId, bool), Rejection> {
    match bytes {
        b"-" => Ok((EntryId::FIRST, false)),
        b"+" => Ok((EntryId::LAST, false)),
        _ => {
            let (digits, excluded) = match bytes.strip_prefix(b"(") {
                Some(digits) => (digits, true),
                None => (bytes, false),
            };
            let id = EntryId::parse(digits, partition);
            id.map(|id| (id, excluded)).map_err(|error| Rejection::err(error.to_string()))
        }
    }
}
