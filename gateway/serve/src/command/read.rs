//! `XREAD`.

use std::time::Duration;

use super::{EntryId, StreamKey, integer, is_word, rest, stream_key, syntax_error};
use crate::{message::Rejection, resp::Args};

/// What an XREAD asks for.
#[derive(Clone, Debug)]
pub struct Read {
    /// At most so many entries of each stream.
    pub count: Option<usize>,
    /// How long to wait; `None` not at all, zero for ever.
    pub block: Option<Duration>,
    /// The streams as the client wrote them, for the reply, and where to begin in each.
    pub streams: Vec<(Vec<u8>, StreamKey, ReadFrom)>,
}

/// Where an XREAD begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// Behind this id.
    Behind(EntryId),
    /// `$`: behind what is there now.
    New,
    /// `+`: the last entry.
    Last,
}

/// Reads `XREAD [COUNT count] [BLOCK ms] STREAMS key … id …`.
///
/// # Errors
/// Redis' words.
pub fn read(args: &Args<'_>) -> Result<Read, Rejection> {
    let (mut count, mut block) = (None, None);
    let mut at = 1;
    loop {
        if at >= args.len() {
            return Err(syntax_error());
        }
        let word = &args[at];
        if is_word(word, "STREAMS") {
            break;
        }
        if let Some(word) = ["GROUP", "NOACK"].into_iter().find(|name| is_word(word, name)) {
            return Err(Rejection::err(format!(
                "The {word} option is only supported by XREADGROUP. You called XREAD instead."
            )));
        }
        if at + 1 >= args.len() {
            return Err(syntax_error());
        }
        if is_word(word, "COUNT") {
            count = usize::try_from(integer(&args[at + 1])?).ok().filter(|count| *count > 0);
        } else if is_word(word, "BLOCK") {
            block = Some(milliseconds(&args[at + 1])?);
        } else {
            return Err(syntax_error());
        }
        at += 2;
    }
    let names = args.len() - at - 1;
    if names == 0 || !names.is_multiple_of(2) {
        return Err(Rejection::err(
            "Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be specified.",
        ));
    }
    let mut streams = Vec::with_capacity(names / 2);
    for (key, id) in rest(args, at + 1).zip(rest(args, at + 1 + names / 2)).take(names / 2) {
        streams.push((key.to_vec(), stream_key(key)?, from(id)?));
    }
    Ok(Read { count, block, streams })
}

/// Reads how long to wait.
pub(crate) fn milliseconds(bytes: &[u8]) -> Result<Duration, Rejection> {
    let number =
        integer(bytes).map_err(|_| Rejection::err("timeout is not an integer or out of range"))?;
    let number = u64::try_from(number).map_err(|_| Rejection::err("timeout is negative"))?;
    Ok(Duration::from_millis(number))
}

fn from(id: &[u8]) -> Result<ReadFrom, Rejection> {
    match id {
        b"$" => Ok(ReadFrom::New),
        b"+" => Ok(ReadFrom::Last),
        b">" => Err(Rejection::err(
            "The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
        )),
        _ => EntryId::parse(id, 0)
            .map(ReadFrom::Behind)
            .map_err(|error| Rejection::err(error.to_string())),
    }
}
