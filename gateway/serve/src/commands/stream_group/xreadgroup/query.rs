//! The arguments of XREADGROUP.

use std::time::Duration;

use super::super::position::entry_id;
use crate::{
    commands::{
        arguments::{integer, rest, syntax_error},
        group_name::{GroupName, consumer_name},
        stream::blocking::block_time,
    },
    entry::EntryId,
    message::Rejection,
    resp::{Args, is_word},
};

/// The arguments of an XREADGROUP.
#[derive(Clone, Debug)]
pub(super) struct Query {
    pub(super) consumer: Vec<u8>,
    /// Most entries of each stream.
    pub(super) count: Option<usize>,
    /// How long to wait; `None`: not at all, zero: as long as possible.
    pub(super) block: Option<Duration>,
    /// `NOACK`: entries count as acknowledged when they are sent.
    pub(super) acknowledges: bool,
    pub(super) streams: Vec<StreamQuery>,
}

/// One stream of an XREADGROUP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StreamQuery {
    /// As the client wrote it, for the reply.
    pub(super) key: Vec<u8>,
    pub(super) name: GroupName,
    pub(super) from: ReadFrom,
}

/// Which entries of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadFrom {
    /// `>`: those that were not delivered yet.
    New,
    /// The consumer's own pending ones after this id.
    Own(EntryId),
}

impl Query {
    /// Reads `XREADGROUP GROUP group consumer [COUNT count] [BLOCK ms] [NOACK] STREAMS key … id …`.
    ///
    /// # Errors
    /// Redis' words.
    pub(super) fn parse(args: &Args<'_>) -> Result<Self, Rejection> {
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
                let number = integer(argument(at + 1)?)?;
                count = usize::try_from(number).ok().filter(|count| *count > 0);
                at += 2;
            } else if is_word(word, "BLOCK") {
                block = Some(block_time(argument(at + 1)?)?);
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
        let ids = rest(args, at + 1 + listed / 2);
        for (key, id) in rest(args, at + 1).zip(ids).take(listed / 2) {
            let name = GroupName::parse(key, group)?;
            streams.push(StreamQuery { key: key.to_vec(), name, from: ReadFrom::parse(id)? });
        }
        Ok(Self { consumer: consumer_name(consumer)?, count, block, acknowledges, streams })
    }
}

impl ReadFrom {
    fn parse(id: &[u8]) -> Result<Self, Rejection> {
        match id {
            b">" => Ok(Self::New),
            b"$" => Err(Rejection::err(
                "The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.",
            )),
            _ => Ok(Self::Own(entry_id(id)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    fn parse(options: &str) -> Result<Query, String> {
        let line = format!("XREADGROUP {options}");
        with_args(&line, Query::parse).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn keys_and_ids_are_paired() {
        let query = parse("GROUP g alice STREAMS orders bills > 7-3").unwrap();
        assert_eq!((query.count, query.block, query.acknowledges), (None, None, false));
        let [orders, bills] = &query.streams[..] else { panic!("two streams: {query:?}") };
        assert_eq!((&orders.key[..], orders.from), (&b"orders"[..], ReadFrom::New));
        let own = ReadFrom::Own(EntryId { place: 7, partition: 3 });
        assert_eq!((bills.name.topic.as_str(), bills.from), ("bills", own));
    }

    #[test]
    fn options_stand_in_any_order() {
        let query = parse("COUNT 5 NOACK BLOCK 0 GROUP g alice STREAMS orders >").unwrap();
        assert_eq!((query.count, query.block), (Some(5), Some(Duration::ZERO)));
        assert!(query.acknowledges);
        assert_eq!(parse("GROUP g a COUNT 0 STREAMS orders >").unwrap().count, None);
    }

    #[test]
    fn mistakes_are_refused_in_the_words_of_redis() {
        for (options, error) in [
            ("GROUP g alice", "syntax error"),
            ("GROUP g", "syntax error"),
            ("GROUP g alice LAST STREAMS orders >", "syntax error"),
            ("GROUP g alice STREAMS orders", "Unbalanced 'xreadgroup' list"),
            ("GROUP g alice STREAMS", "Unbalanced 'xreadgroup' list"),
            ("STREAMS orders >", "Missing GROUP option for XREADGROUP"),
            ("GROUP g alice COUNT x STREAMS orders >", "not an integer"),
            ("GROUP g alice BLOCK -1 STREAMS orders >", "timeout is negative"),
            ("GROUP g alice CLAIM 5 STREAMS orders >", "CLAIM is not possible here"),
            ("GROUP g alice STREAMS orders $", "The $ ID is meaningless"),
            ("GROUP g alice STREAMS orders x", "Invalid stream ID"),
            ("GROUP g alice STREAMS orders:1 >", "a consumer group reads whole topics"),
        ] {
            let refusal = parse(options).unwrap_err();
            assert!(refusal.contains(error), "{options}: {refusal}");
        }
    }
}
