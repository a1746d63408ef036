//! How a writer says what it writes.

use super::KEYS;
use crate::{
    Reply,
    client::encode,
    faults::{
        history::{Answer, MessageId, Place},
        shape::TOPIC,
    },
};

/// A header as databus clients send it: the metadata `a` = `b`.
const HEADER: &[u8] = b"\x0a\x06\x0a\x01a\x12\x01b";

/// One of the ways to publish.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dialect {
    /// `SET key value`
    Set,
    /// `HSET key header value`
    Hset,
    /// `XADD topic:N * value …`, whose answer says where it was stored.
    Xadd {
        /// Of the topic.
        partitions: u32,
    },
}

impl Dialect {
    /// The dialects by turns.
    pub(super) fn of(writer: u16, partitions: u32) -> Self {
        match writer % 4 {
            0 | 1 => Self::Set,
            2 => Self::Hset,
            _ => Self::Xadd { partitions },
        }
    }

    pub(super) fn login(self) -> Vec<String> {
        let words = match self {
            Self::Set | Self::Hset => format!("AUTH k:s@writers/topic={TOPIC}&role=pub"),
            Self::Xadd { .. } => "AUTH writer s".to_owned(),
        };
        words.split(' ').map(ToOwned::to_owned).collect()
    }

    pub(super) fn command(self, id: MessageId) -> Vec<u8> {
        let key = format!("w{}k{}", id.writer, id.key);
        let value = format!("{{\"id\":\"{id}\",\"pad\":\"{:-<64}\"}}", id.number);
        let (key, value) = (key.as_bytes(), value.as_bytes());
        match self {
            Self::Set => encode(&[b"SET", key, value]),
            Self::Hset => encode(&[b"HSET", key, HEADER, value]),
            Self::Xadd { partitions } => {
                let number = u32::from(id.writer) * u32::from(KEYS) + u32::from(id.key);
                let stream = format!("{TOPIC}:{}", number % partitions);
                encode(&[b"XADD", stream.as_bytes(), b"*", b"value", value])
            }
        }
    }

    /// What a reply says about the message.
    pub(super) fn answer(self, reply: &Reply) -> Answer {
        match (self, reply) {
            (_, Reply::Error(text)) if text.starts_with("UNKNOWN ") => {
                Answer::Unknown(text.as_str().into())
            }
            (_, Reply::Error(text)) => Answer::NotStored(text.as_str().into()),
            (Self::Xadd { .. }, Reply::Bulk(id)) => Answer::Stored(place(id)),
            _ => Answer::Stored(None),
        }
    }
}

/// The place that an id `<offset + 1>-<partition>` names.
fn place(id: &[u8]) -> Option<Place> {
    let (above, partition) = std::str::from_utf8(id).ok()?.split_once('-')?;
    let offset = above.parse::<u64>().ok()?.checked_sub(1)?;
    Some(Place { partition: partition.parse().ok()?, offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_fall_into_the_classes_of_errors() {
        let error = |text: &str| Reply::Error(text.to_owned());
        let unknown = Dialect::Set.answer(&error("UNKNOWN publish may or may not be stored: why"));
        assert!(matches!(unknown, Answer::Unknown(_)));
        for text in ["BUSY too much", "ERR the broker cannot be reached, nothing was stored"] {
            assert!(matches!(Dialect::Set.answer(&error(text)), Answer::NotStored(_)));
        }
        let xadd = Dialect::Xadd { partitions: 6 };
        let place = Place { partition: 3, offset: 16 };
        assert_eq!(xadd.answer(&Reply::Bulk(b"17-3".to_vec())), Answer::Stored(Some(place)));
    }
}
