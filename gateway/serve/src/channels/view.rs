//! A batch of records as those see it who listen: words of the protocol, made once for many.

use std::{
    collections::{HashMap, hash_map},
    sync::Arc,
};

use bytes::Bytes;

use super::{Kind, subscriber::Laid};
use crate::{
    command,
    message::{StoredRecord, TopicName},
    pipeline::Consumed,
    resp::{Protocol, Replies},
};

/// Records of one partition that are handed out together.
pub(super) struct Batch {
    pub(super) partition: u32,
    /// How each principal sees them.
    pub(super) views: HashMap<Arc<str>, View>,
}

/// The batch as one principal sees it.
pub(super) struct View {
    /// Offset and payload of what is shown, in order.
    messages: Vec<(u64, Bytes)>,
    /// A plugin failed at the record behind them.
    has_failed: bool,
    /// By how one listens, then by the protocol version.
    encoded: HashMap<Kind, [Option<Encoded>; 2]>,
}

/// All messages one behind the other, and where each begins.
struct Encoded {
    bytes: Bytes,
    starts: Vec<(u64, usize)>,
}

impl View {
    /// Tombstones are not shown: a channel has no word for them.
    pub(super) fn new(consumed: Consumed) -> Self {
        let has_failed = consumed.failure.is_some();
        let shown = consumed.shown.into_iter();
        let messages = shown.filter_map(|stored| Some((stored.offset, payload(&stored)?)));
        Self { messages: messages.collect(), has_failed, encoded: HashMap::new() }
    }

    /// What a listener gets whose subscription begins at offset `from`.
    pub(super) fn lay(
        &mut self,
        topic: &TopicName,
        kind: &Kind,
        protocol: Protocol,
        from: u64,
    ) -> Laid {
        let versions = match self.encoded.entry(kind.clone()) {
            hash_map::Entry::Occupied(versions) => versions.into_mut(),
            hash_map::Entry::Vacant(free) => free.insert([None, None]),
        };
        let place = usize::from(protocol == Protocol::Resp3);
        let encoded = versions[place]
            .get_or_insert_with(|| Encoded::new(&self.messages, topic, kind, protocol));
        let first = encoded.starts.partition_point(|(offset, _)| *offset < from);
        let start = encoded.starts.get(first).map_or(encoded.bytes.len(), |(_, start)| *start);
        Laid { bytes: encoded.bytes.slice(start..), is_last: self.has_failed }
    }
}

impl Encoded {
    fn new(messages: &[(u64, Bytes)], topic: &TopicName, kind: &Kind, protocol: Protocol) -> Self {
        let mut replies = Replies::new();
        replies.set_protocol(protocol);
        let mut starts = Vec::with_capacity(messages.len());
        for (offset, payload) in messages {
            starts.push((*offset, replies.len()));
            match kind {
                Kind::Channel | Kind::Shard => replies.push(3),
                Kind::Pattern(_) => replies.push(4),
            }
            match kind {
                Kind::Channel => replies.bulk(b"message"),
                Kind::Shard => replies.bulk(b"smessage"),
                Kind::Pattern(pattern) => {
                    replies.bulk(b"pmessage");
                    replies.bulk(pattern);
                }
            }
            replies.bulk(topic.as_str().as_bytes());
            replies.bulk(payload);
        }
        Self { bytes: Bytes::copy_from_slice(replies.as_bytes()), starts }
    }
}

/// What a record says as a message: its value; of an entry with the single field `value`, that.
fn payload(stored: &StoredRecord) -> Option<Bytes> {
    let value = stored.record.value.as_ref()?;
    Some(command::bare_value(value).unwrap_or_else(|| value.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Record;

    fn view(values: &[Option<&'static [u8]>]) -> View {
        let stored = values.iter().zip(5..).map(|(value, offset)| {
            let value = value.map(Bytes::from_static);
            StoredRecord { offset, record: Record { value, ..Record::default() } }
        });
        View::new(Consumed { shown: stored.collect(), next: None, failure: None })
    }

    fn text(laid: &Laid) -> String {
        String::from_utf8_lossy(&laid.bytes).replace("\r\n", " ")
    }

    #[test]
    fn messages_are_worded_as_redis_words_them() {
        let topic = TopicName::new("t").unwrap();
        let mut view = view(&[Some(b"a"), None, Some(b"b")]);

        let message = "$7 message $1 t $1";
        let plain = view.lay(&topic, &Kind::Channel, Protocol::Resp2, 0);
        assert_eq!(text(&plain), format!("*3 {message} a *3 {message} b "));
        let late = view.lay(&topic, &Kind::Channel, Protocol::Resp3, 6);
        assert_eq!(text(&late), format!(">3 {message} b "));
        let shard = view.lay(&topic, &Kind::Shard, Protocol::Resp2, 7);
        assert_eq!(text(&shard), "*3 $8 smessage $1 t $1 b ");
        let pattern = view.lay(&topic, &Kind::Pattern(Arc::from(*b"?")), Protocol::Resp2, 7);
        assert_eq!(text(&pattern), "*4 $8 pmessage $1 ? $1 t $1 b ");
        assert!(view.lay(&topic, &Kind::Channel, Protocol::Resp2, 8).bytes.is_empty());
    }

    #[test]
    fn an_entry_with_the_single_field_value_is_that_value() {
        let array: &[u8] = b"*2\r\n$5\r\nvalue\r\n$4\r\n*0\r\n\r\n";
        let view = view(&[Some(array), Some(b"*2\r\n$1\r\na\r\n$1\r\nb\r\n")]);

        assert_eq!(&view.messages[0].1[..], b"*0\r\n");
        assert_eq!(&view.messages[1].1[..], b"*2\r\n$1\r\na\r\n$1\r\nb\r\n");
    }
}
