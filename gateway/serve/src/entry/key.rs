//! Keys that name topics.

use crate::message::{Rejection, TopicName};

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
