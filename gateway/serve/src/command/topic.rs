//! Keys that name topics, and `TOPIC CREATE`.

use super::{integer, is_word, syntax_error};
use crate::{
    message::{Rejection, TopicName},
    resp::Args,
};

/// Most partitions of one topic made through the gateway: each costs files and memory.
const PARTITIONS_MAX: i64 = 10_000;

/// A key as a stream: `topic`, or `topic:N` for one partition of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamKey {
    /// The topic.
    pub topic: TopicName,
    /// The partition, if the key names one.
    pub partition: Option<u32>,
}

/// Reads a key; `:` cannot occur in a topic's name.
///
/// # Errors
/// What a topic's name may be.
pub fn stream_key(key: &[u8]) -> Result<StreamKey, Rejection> {
    let (name, partition) = match memchr::memrchr(b':', key) {
        None => (key, None),
        Some(at) => {
            let digits = std::str::from_utf8(&key[at + 1..]).ok();
            let number = digits.filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
            let partition = number.and_then(|text| text.parse().ok());
            let partition = partition.ok_or_else(|| {
                Rejection::err("invalid key: write `topic`, or `topic:N` for partition N of it")
            })?;
            (&key[..at], Some(partition))
        }
    };
    let topic = TopicName::new(name).map_err(|error| Rejection::err(error.to_string()))?;
    Ok(StreamKey { topic, partition })
}

/// `TOPIC CREATE name [PARTITIONS n] [CONFIG setting value]…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicCreate {
    /// Its name.
    pub name: TopicName,
    /// How many partitions, if the client said so.
    pub partitions: Option<u32>,
    /// Settings in the broker's own words.
    pub configs: Vec<(String, String)>,
}

/// Reads `TOPIC CREATE`.
///
/// # Errors
/// A bad name, number or option.
pub fn topic_create(args: &Args<'_>) -> Result<TopicCreate, Rejection> {
    if args.len() < 3 {
        return Err(super::wrong_arity("topic|create"));
    }
    let name = TopicName::new(&args[2]).map_err(|error| Rejection::err(error.to_string()))?;
    let mut create = TopicCreate { name, partitions: None, configs: Vec::new() };
    let mut at = 3;
    while let Some(option) = args.get(at) {
        if is_word(option, "PARTITIONS") {
            create.partitions = Some(partitions(args.get(at + 1).ok_or_else(syntax_error)?)?);
            at += 2;
        } else if is_word(option, "CONFIG") {
            let text = |at: usize| {
                let bytes = args.get(at).ok_or_else(syntax_error)?;
                let text = std::str::from_utf8(bytes).map(str::to_owned);
                text.map_err(|_| Rejection::err("CONFIG takes UTF-8 text"))
            };
            create.configs.push((text(at + 1)?, text(at + 2)?));
            at += 3;
        } else {
            return Err(syntax_error());
        }
    }
    Ok(create)
}

fn partitions(argument: &[u8]) -> Result<u32, Rejection> {
    let number = integer(argument)?;
    let partitions = u32::try_from(number).ok().filter(|_| (1..=PARTITIONS_MAX).contains(&number));
    partitions
        .ok_or_else(|| Rejection::err(format!("PARTITIONS must be between 1 and {PARTITIONS_MAX}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_topic_or_one_partition_of_it() {
        let key = stream_key(b"orders:12").unwrap();
        assert_eq!((key.topic.as_str(), key.partition), ("orders", Some(12)));
        assert_eq!(stream_key(b"orders").unwrap().partition, None);
        for bad in ["", "a:", "a:x", "a:1:2", "a b", "a:-1", "a:+1"] {
            assert!(stream_key(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
