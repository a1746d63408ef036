//! The arguments of XREAD.

use std::time::Duration;

use super::super::blocking::block_time;
use crate::{
    commands::arguments::{integer, rest, syntax_error},
    entry::{EntryId, StreamKey, stream_key},
    message::Rejection,
    resp::{Args, is_word},
};

/// The arguments of an XREAD.
#[derive(Clone, Debug)]
pub(super) struct Query {
    /// Most entries of each stream.
    pub(super) count: Option<usize>,
    /// How long to wait; `None`: not at all, zero: as long as possible.
    pub(super) block: Option<Duration>,
    pub(super) streams: Vec<StreamQuery>,
}

/// One stream of an XREAD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StreamQuery {
    /// Its name as the client wrote it, for the reply.
    pub(super) name: Vec<u8>,
    pub(super) key: StreamKey,
    pub(super) from: ReadFrom,
}

/// Where an XREAD begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadFrom {
    /// After this id.
    After(EntryId),
    /// `$`: after the entries that are there now.
    New,
    /// `+`: the last entry.
    Last,
}

impl Query {
    /// Reads `XREAD [COUNT count] [BLOCK ms] STREAMS key … id …`.
    ///
    /// # Errors
    /// Redis' words.
    pub(super) fn parse(args: &Args<'_>) -> Result<Self, Rejection> {
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
                block = Some(block_time(&args[at + 1])?);
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
            let (name, key) = (key.to_vec(), stream_key(key)?);
            streams.push(StreamQuery { name, key, from: ReadFrom::parse(id)? });
        }
        Ok(Self { count, block, streams })
    }
}

impl ReadFrom {
    fn parse(id: &[u8]) -> Result<Self, Rejection> {
        match id {
            b"$" => Ok(Self::New),
            b"+" => Ok(Self::Last),
            b">" => Err(Rejection::err(
                "The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
            )),
            _ => EntryId::parse(id, 0)
                .map(Self::After)
                .map_err(|error| Rejection::err(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    #[test]
    fn each_stream_has_its_own_beginning() {
        let query =
            with_args("XREAD COUNT 5 block 100 streams a b:2 c 7-3 $ +", Query::parse).unwrap();
        assert_eq!((query.count, query.block), (Some(5), Some(Duration::from_millis(100))));
        let from = |stream: &StreamQuery| (stream.name.clone(), stream.from);
        let streams: Vec<_> = query.streams.iter().map(from).collect();
        let after = ReadFrom::After(EntryId { place: 7, partition: 3 });
        let expected = [("a", after), ("b:2", ReadFrom::New), ("c", ReadFrom::Last)];
        assert_eq!(streams, expected.map(|(name, from)| (name.as_bytes().to_vec(), from)));
        assert_eq!(query.streams[1].key.partition, Some(2));
    }

    #[test]
    fn a_count_below_one_is_no_limit_and_no_block_is_no_wait() {
        for line in ["XREAD STREAMS a 0", "XREAD COUNT 0 STREAMS a 0", "XREAD COUNT -1 STREAMS a 0"]
        {
            let query = with_args(line, Query::parse).unwrap();
            assert_eq!((query.count, query.block), (None, None), "{line}");
        }
        let query = with_args("XREAD BLOCK 0 STREAMS a $", Query::parse).unwrap();
        assert_eq!(query.block, Some(Duration::ZERO));
    }

    #[test]
    fn mistakes_are_refused_in_the_words_of_redis() {
        for (line, error) in [
            ("XREAD COUNT 1 BLOCK 1", "syntax error"),
            ("XREAD COUNT", "syntax error"),
            ("XREAD x 1 STREAMS a 0", "syntax error"),
            ("XREAD COUNT x STREAMS a 0", "not an integer"),
            ("XREAD BLOCK x STREAMS a 0", "timeout is not an integer"),
            ("XREAD BLOCK -1 STREAMS a 0", "timeout is negative"),
            ("XREAD STREAMS", "Unbalanced 'xread' list of streams"),
            ("XREAD STREAMS a b 0", "Unbalanced 'xread' list of streams"),
            ("XREAD STREAMS a >", "The > ID can be specified only when calling XREADGROUP"),
            ("XREAD GROUP g c STREAMS a 0", "The GROUP option is only supported by XREADGROUP"),
            ("XREAD NOACK STREAMS a 0", "The NOACK option is only supported by XREADGROUP"),
            ("XREAD STREAMS a x", "Invalid stream ID"),
            ("XREAD STREAMS a:x 0", "invalid key"),
        ] {
            let refusal = with_args(line, Query::parse).unwrap_err().to_string();
            assert!(refusal.contains(error), "{line}: {refusal}");
        }
    }
}
