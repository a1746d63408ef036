//! A batch of records for the subscribers of a channel: encoded once for many of them.

use std::{
    collections::{HashMap, hash_map},
    sync::Arc,
};

use bytes::Bytes;

use super::{subscriber::Chunk, subscription::SubscriptionKind};
use crate::{
    entry,
    message::{StoredRecord, TopicName},
    pipeline::Consumed,
    resp::{Protocol, Replies},
};

/// Records of one partition that are delivered together.
pub(super) struct Batch {
    pub(super) partition: u32,
    /// What each principal gets: plugins may show it other records than the next.
    pub(super) by_principal: HashMap<Arc<str>, PrincipalMessages>,
}

/// The messages of a batch for one principal.
pub(super) struct PrincipalMessages {
    /// In order of their offsets.
    messages: Vec<ChannelMessage>,
    /// A plugin failed at the record after them.
    has_failed: bool,
    /// The encoded messages for each kind of subscription, in RESP2 and in RESP3.
    encoded: HashMap<SubscriptionKind, [Option<Encoded>; 2]>,
}

struct ChannelMessage {
    offset: u64,
    payload: Bytes,
}

/// All messages of a batch as bytes, and where each of them starts.
struct Encoded {
    bytes: Bytes,
    starts: Vec<MessageStart>,
}

struct MessageStart {
    /// Offset of the record.
    offset: u64,
    /// Index of the first byte.
    at: usize,
}

impl PrincipalMessages {
    /// Tombstones are left out: RESP has no message without a payload.
    pub(super) fn new(consumed: Consumed) -> Self {
        let has_failed = consumed.failure.is_some();
        let shown = consumed.shown.into_iter();
        let messages = shown.filter_map(|stored| {
            Some(ChannelMessage { offset: stored.offset, payload: payload(&stored)? })
        });
        Self { messages: messages.collect(), has_failed, encoded: HashMap::new() }
    }

    /// The messages for a subscription that begins at offset `from`.
    pub(super) fn encode(
        &mut self,
        topic: &TopicName,
        kind: &SubscriptionKind,
        protocol: Protocol,
        from: u64,
    ) -> Chunk {
        let versions = match self.encoded.entry(kind.clone()) {
            hash_map::Entry::Occupied(versions) => versions.into_mut(),
            hash_map::Entry::Vacant(free) => free.insert([None, None]),
        };
        let version = usize::from(protocol == Protocol::Resp3);
        let encoded = versions[version]
            .get_or_insert_with(|| Encoded::new(&self.messages, topic, kind, protocol));
        let first = encoded.starts.partition_point(|start| start.offset < from);
        let start = encoded.starts.get(first).map_or(encoded.bytes.len(), |start| start.at);
        Chunk { bytes: encoded.bytes.slice(start..), is_last: self.has_failed }
    }
}

impl Encoded {
    fn new(
        messages: &[ChannelMessage],
        topic: &TopicName,
        kind: &SubscriptionKind,
        protocol: Protocol,
    ) -> Self {
        let mut replies = Replies::new();
        replies.set_protocol(protocol);
        let mut starts = Vec::with_capacity(messages.len());
        for ChannelMessage { offset, payload } in messages {
            starts.push(MessageStart { offset: *offset, at: replies.len() });
            match kind {
                SubscriptionKind::Channel | SubscriptionKind::Shard => replies.push(3),
                SubscriptionKind::Pattern(_) => replies.push(4),
            }
            match kind {
                SubscriptionKind::Channel => replies.bulk(b"message"),
                SubscriptionKind::Shard => replies.bulk(b"smessage"),
                SubscriptionKind::Pattern(pattern) => {
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

/// The payload of a record's message: its value, or the field `value` of an entry that has only
/// that one.
fn payload(stored: &StoredRecord) -> Option<Bytes> {
    let value = stored.record.value.as_ref()?;
    Some(entry::bare_value(value).unwrap_or_else(|| value.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Record;

    fn messages(values: &[Option<&'static [u8]>]) -> PrincipalMessages {
        let stored = values.iter().zip(5..).map(|(value, offset)| {
            let value = value.map(Bytes::from_static);
            StoredRecord { offset, record: Record { value, ..Record::default() } }
        });
        PrincipalMessages::new(Consumed { shown: stored.collect(), next: None, failure: None })
    }

    fn text(chunk: &Chunk) -> String {
        String::from_utf8_lossy(&chunk.bytes).replace("\r\n", " ")
    }

    #[test]
    fn messages_have_the_form_that_redis_gives_them() {
        let topic = TopicName::new("t").unwrap();
        let mut messages = messages(&[Some(b"a"), None, Some(b"b")]);

        let message = "$7 message $1 t $1";
        let plain = messages.encode(&topic, &SubscriptionKind::Channel, Protocol::Resp2, 0);
        assert_eq!(text(&plain), format!("*3 {message} a *3 {message} b "));
        let late = messages.encode(&topic, &SubscriptionKind::Channel, Protocol::Resp3, 6);
        assert_eq!(text(&late), format!(">3 {message} b "));
        let shard = messages.encode(&topic, &SubscriptionKind::Shard, Protocol::Resp2, 7);
        assert_eq!(text(&shard), "*3 $8 smessage $1 t $1 b ");
        let pattern = messages.encode(
            &topic,
            &SubscriptionKind::Pattern(Arc::from(*b"?")),
            Protocol::Resp2,
            7,
        );
        assert_eq!(text(&pattern), "*4 $8 pmessage $1 ? $1 t $1 b ");
        assert!(
            messages
                .encode(&topic, &SubscriptionKind::Channel, Protocol::Resp2, 8)
                .bytes
                .is_empty()
        );
    }

    #[test]
    fn an_entry_with_the_single_field_value_is_that_value() {
        let array: &[u8] = b"*2\r\n$5\r\nvalue\r\n$4\r\n*0\r\n\r\n";
        let messages = messages(&[Some(array), Some(b"*2\r\n$1\r\na\r\n$1\r\nb\r\n")]);

        assert_eq!(&messages.messages[0].payload[..], b"*0\r\n");
        assert_eq!(&messages.messages[1].payload[..], b"*2\r\n$1\r\na\r\n$1\r\nb\r\n");
    }
}
