//! Consumer groups in arguments: a group with its topic, and the names of consumers.

use crate::{
    entry::stream_key,
    message::{Rejection, TopicName},
};

/// Longest name of a group or of a consumer, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// A consumer group of one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupName {
    /// The topic, with all its partitions.
    pub(crate) topic: TopicName,
    pub(crate) group: String,
}

impl GroupName {
    /// Reads a key and the name of a group.
    ///
    /// # Errors
    /// The key names no whole topic, or the name is empty, too long or not UTF-8.
    pub(crate) fn parse(key: &[u8], group: &[u8]) -> Result<Self, Rejection> {
        let key = stream_key(key)?;
        if let Some(partition) = key.partition {
            return Err(Rejection::err(format!(
                "a consumer group reads whole topics: write `{0}` in place of `{0}:{partition}`",
                key.topic
            )));
        }
        let group = std::str::from_utf8(group).ok();
        let group = group.filter(|group| !group.is_empty() && group.len() <= NAME_BYTES_MAX);
        let group = group.ok_or_else(|| {
            Rejection::err(format!("invalid group name: use 1 to {NAME_BYTES_MAX} bytes of UTF-8"))
        })?;
        Ok(Self { topic: key.topic, group: group.to_owned() })
    }
}

/// Reads the name of a consumer.
///
/// # Errors
/// It is too long.
pub(crate) fn consumer_name(name: &[u8]) -> Result<Vec<u8>, Rejection> {
    if name.len() <= NAME_BYTES_MAX {
        return Ok(name.to_vec());
    }
    Err(Rejection::err(format!("invalid consumer name: use at most {NAME_BYTES_MAX} bytes")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_a_whole_topic_and_a_short_name() {
        let name = GroupName::parse(b"orders", b"billing").unwrap();
        assert_eq!((name.topic.as_str(), name.group.as_str()), ("orders", "billing"));
        let long = [b'g'; NAME_BYTES_MAX + 1];
        for (key, group, error) in [
            (&b"orders:3"[..], &b"billing"[..], "write `orders` in place of `orders:3`"),
            (b"orders", b"", "invalid group name"),
            (b"orders", b"\xff", "invalid group name"),
            (b"orders", &long, "invalid group name"),
        ] {
            let refusal = GroupName::parse(key, group).unwrap_err().to_string();
            assert!(refusal.contains(error), "{refusal}");
        }
        assert!(GroupName::parse(b"orders", &long[1..]).is_ok());
    }

    #[test]
    fn a_consumer_is_any_bytes_up_to_the_limit() {
        assert_eq!(consumer_name(b"").unwrap(), b"");
        assert_eq!(consumer_name(b"\xff\0").unwrap(), b"\xff\0");
        assert!(consumer_name(&[b'c'; NAME_BYTES_MAX]).is_ok());
        assert!(consumer_name(&[b'c'; NAME_BYTES_MAX + 1]).is_err());
    }
}
