//! `XPENDING`.

use super::{GroupName, group_name};
use crate::{
    command::{EntryId, integer, is_word, range::bound, syntax_error},
    message::Rejection,
    resp::Args,
};

/// What an XPENDING asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingQuery {
    /// Of which group.
    pub name: GroupName,
    /// `None` for all in short.
    pub list: Option<PendingList>,
}

/// The long form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingList {
    /// Only entries idle for so many milliseconds.
    pub idle_min_ms: i64,
    /// First id, and whether it is left out.
    pub start: (EntryId, bool),
    /// Last id, and whether it is left out.
    pub end: (EntryId, bool),
    /// At most so many.
    pub count: usize,
    /// Only entries of this consumer.
    pub consumer: Option<Vec<u8>>,
}

/// Reads `XPENDING key group [[IDLE ms] start end count [consumer]]`.
///
/// # Errors
/// Redis' words.
pub fn pending(args: &Args<'_>) -> Result<PendingQuery, Rejection> {
    let name = group_name(&args[1], &args[2])?;
    if args.len() == 3 {
        return Ok(PendingQuery { name, list: None });
    }
    if !(6..=9).contains(&args.len()) {
        return Err(syntax_error());
    }
    let (mut idle_min_ms, mut at) = (0, 3);
    if is_word(&args[3], "IDLE") {
        idle_min_ms = integer(&args[4])?;
        at = 5;
    }
    let argument = |at: usize| args.get(at).ok_or_else(syntax_error);
    let count = usize::try_from(integer(argument(at + 2)?)?).unwrap_or(0);
    let (start, end) = (bound(argument(at)?, 0)?, bound(argument(at + 1)?, u64::MAX)?);
    let consumer = args.get(at + 3).map(<[u8]>::to_vec);
    Ok(PendingQuery { name, list: Some(PendingList { idle_min_ms, start, end, count, consumer }) })
}
