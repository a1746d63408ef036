//! `XRANGE`.

use super::{EntryId, StreamKey, integer, is_word, stream_key, syntax_error};
use crate::{message::Rejection, resp::Args};

/// What an XRANGE asks for.
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
    let key = stream_key(&args[1])?;
    let (start, start_excluded) = bound(&args[2], 0)?;
    let (end, end_excluded) = bound(&args[3], u64::MAX)?;
    let count = match args.len() {
        4 => None,
        6 if is_word(&args[4], "COUNT") => Some(usize::try_from(integer(&args[5])?).unwrap_or(0)),
        _ => return Err(syntax_error()),
    };
    Ok(Range { key, start, start_excluded, end, end_excluded, count })
}

/// Reads one end of a range, and whether it is left out; `partition` is that of an id without one.
pub(super) fn bound(bytes: &[u8], partition: u64) -> Result<(EntryId, bool), Rejection> {
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
