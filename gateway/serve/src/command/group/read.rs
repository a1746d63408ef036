//! `XREADGROUP`.

use std::time::Duration;

use super::{GroupName, consumer_name, entry_id, group_name};
use crate::{
    command::{EntryId, integer, is_word, rest, syntax_error},
    commands::stream::blocking::block_time as milliseconds,
    message::Rejection,
    resp::Args,
};

/// What an XREADGROUP asks for.
#[derive(Clone, Debug)]
pub struct GroupRead {
    /// Who reads.
    pub consumer: Vec<u8>,
    /// At most so many entries of each stream.
    pub count: Option<usize>,
    /// How long to wait; `None` not at all, zero for ever.
    pub block: Option<Duration>,
    /// `NOACK`: what is given is acknowledged.
    pub acknowledges: bool,
    /// The streams as the client wrote them, for the reply, and what of each.
    pub streams: Vec<(Vec<u8>, GroupName, ReadOf)>,
}

/// Which entries of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOf {
    /// `>`: those that were not delivered yet.
    New,
    /// The consumer's own pending ones behind this id.
    Own(EntryId),
}

/// Reads `XREADGROUP GROUP group consumer [COUNT count] [BLOCK ms] [NOACK] STREAMS key … id …`.
///
/// # Errors
/// Redis' words.
pub fn read_group(args: &Args<'_>) -> Result<GroupRead, Rejection> {
    let (mut count, mut block, mut acknowledges, mut names) = (None, None, false, None);
    let mut at = 1;
    let argument = |at: usize| args.get(at).ok_or_else(syntax_error);
    loop {
        let word = argument(at)?;
        if is_word(word, "STREAMS") {
            break;
        } else if is_word(word, "NOACK") {
            acknowledges = true;
            at += 1;
        } else if is_word(word, "GROUP") {
            names = Some((argument(at + 1)?, argument(at + 2)?));
            at += 3;
        } else if is_word(word, "COUNT") {
            count = usize::try_from(integer(argument(at + 1)?)?).ok().filter(|count| *count > 0);
            at += 2;
        } else if is_word(word, "BLOCK") {
            block = Some(milliseconds(argument(at + 1)?)?);
            at += 2;
        } else if is_word(word, "CLAIM") {
            return Err(Rejection::err(
                "CLAIM is not possible here: take idle entries over with XAUTOCLAIM first",
            ));
        } else {
            return Err(syntax_error());
        }
    }
    let listed = args.len() - at - 1;
    if listed == 0 || !listed.is_multiple_of(2) {
        return Err(Rejection::err(
            "Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' must be specified.",
        ));
    }
    let Some((group, consumer)) = names else {
        return Err(Rejection::err("Missing GROUP option for XREADGROUP"));
    };
    let mut streams = Vec::with_capacity(listed / 2);
    for (key, id) in rest(args, at + 1).zip(rest(args, at + 1 + listed / 2)).take(listed / 2) {
        streams.push((key.to_vec(), group_name(key, group)?, read_of(id)?));
    }
    Ok(GroupRead { consumer: consumer_name(consumer)?, count, block, acknowledges, streams })
}

fn read_of(id: &[u8]) -> Result<ReadOf, Rejection> {
    match id {
        b">" => Ok(ReadOf::New),
        b"$" => Err(Rejection::err(
            "The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.",
        )),
        _ => Ok(ReadOf::Own(entry_id(id)?)),
    }
}
