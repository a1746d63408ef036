//! Gathering what a client publishes into bursts, and sending them.

mod answers; // the reply to each command of a burst
mod trim; //    deleting the oldest entries

use std::sync::Arc;

use bytes::BytesMut;
use tokio::time::Instant;

use super::Context;
use crate::{
    entry::{StreamKey, StreamSettings, stream_key},
    message::{Message, Rejection, TopicName, check_value_size},
    pipeline::Outcome,
};

pub(crate) use trim::{Keep, Trim, TrimPoint};

use trim::{KnownStart, TrimAfterStore};

/// Most messages of a burst: a burst holds one worker while plugins look at it.
pub(crate) const BURST_MESSAGES_MAX: usize = 1024;
/// A burst goes on its way when its values pass this size.
pub(crate) const BURST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A key that the client may publish to.
#[derive(Clone, Debug)]
pub(crate) struct PublishKey {
    pub(crate) key: StreamKey,
    /// How entries are stored in its topic.
    pub(crate) settings: Arc<StreamSettings>,
}

/// Messages under way, and how each is to be answered.
#[derive(Default)]
pub(crate) struct Burst {
    messages: Vec<Message>,
    bytes: usize,
    /// One for each command, in order.
    replies: Vec<Reply>,
    /// Some of the replies wait for trimming.
    trims: bool,
    /// Where the partition trimmed last began.
    pub(crate) known_start: Option<KnownStart>,
    /// Where values are laid one behind the other before they become shared.
    arena: BytesMut,
    /// The key named last, and what it stands for, while this login may publish to it.
    last_key: Option<(Vec<u8>, PublishKey)>,
}

impl Burst {
    /// Forgets what the login before was allowed.
    pub(crate) fn forget_key(&mut self) {
        self.last_key = None;
    }

    /// The topic that was published to last.
    pub(crate) fn last_topic(&self) -> Option<&TopicName> {
        self.last_key.as_ref().map(|(_, published)| &published.key.topic)
    }

    /// Is there no room for another message?
    pub(crate) fn is_full(&self) -> bool {
        self.replies.len() >= BURST_MESSAGES_MAX || self.bytes >= BURST_BYTES_MAX
    }

    /// The reply to a command whose message was added, or refused.
    pub(crate) fn note_reply(&mut self, reply: Reply) {
        self.replies.push(reply);
    }

    /// Adds a message; [`Burst::note_reply`] says how it is answered.
    pub(crate) fn push(&mut self, message: Message) {
        self.bytes += message.record.payload_len();
        self.messages.push(message);
    }

    /// Where values are written one after the other before they are shared.
    pub(crate) fn arena(&mut self) -> &mut BytesMut {
        &mut self.arena
    }

    /// No reply waits for trimming any more.
    pub(crate) fn forget_trims(&mut self) {
        self.trims = false;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.replies.is_empty()
    }
}

/// How a publishing command is answered.
#[derive(Debug)]
pub(crate) enum Reply {
    /// With the id of the entry: XADD.
    Id,
    /// The same, after its topic was trimmed.
    Trimmed(Box<TrimAfterStore>),
    /// With `+OK`: SET and HSET.
    Ok,
    /// With the number of its receivers on this gateway: PUBLISH.
    Receivers,
    /// With null: XADD NOMKSTREAM to a topic that does not exist.
    Null,
    /// With this error; there is no message.
    Refused(Rejection),
}

impl Context {
    /// Partitions of a topic, or those it would be made with.
    pub(crate) fn partitions_of(&self, topic: &TopicName) -> Result<u32, Rejection> {
        let known = self.broker()?.topic(topic.as_str());
        Ok(known.map_or(self.services.settings.partitions, |known| known.partitions))
    }

    /// The stream that a key names, if the client may publish to it. Remembers the last one: most
    /// clients publish to one topic.
    pub(crate) fn publish_key(&mut self, name: &[u8]) -> Result<PublishKey, Rejection> {
        if let Some((last, published)) = &self.burst.last_key
            && last == name
        {
            return Ok(published.clone());
        }
        let key = stream_key(name)?;
        self.check_publish(&key.topic)?;
        let settings = Arc::clone(self.services.settings.streams.of(&key.topic));
        let published = PublishKey { key, settings };
        self.burst.last_key = Some((name.to_vec(), published.clone()));
        Ok(published)
    }

    /// Refuses a value that is too large.
    pub(crate) fn check_value_size(&self, bytes: usize) -> Result<(), Rejection> {
        check_value_size(bytes, self.services.settings.value_bytes_max)
    }

    /// Sends the burst through the pipeline and answers every command of it.
    pub(crate) async fn flush_burst(&mut self) {
        if self.burst.replies.is_empty() {
            return;
        }
        self.send_monitor_lines();
        let (mut replies, outcomes) = self.send_burst().await;
        self.answer_burst(replies.drain(..), outcomes);
        // The list's room serves the next burst.
        self.burst.replies = replies;
    }

    /// Sends the burst through the pipeline: what each command is to be answered, and what became of
    /// the messages.
    pub(crate) async fn send_burst(&mut self) -> (Vec<Reply>, Vec<Outcome>) {
        let began = Instant::now();
        let mut messages = std::mem::take(&mut self.burst.messages);
        let replies = std::mem::take(&mut self.burst.replies);
        self.burst.bytes = 0;
        let outcomes = match self.identity() {
            Ok(identity) if !messages.is_empty() => {
                let context = identity.context(self.services.clock);
                for message in &mut messages {
                    message.record.timestamp_ms = context.timestamp_ms;
                }
                let chain = self.services.pipeline.chain();
                let cluster = &identity.cluster;
                self.services.pipeline.produce(&chain, cluster, &context, messages).await
            }
            _ => Vec::new(),
        };
        self.note_if_slow_burst(replies.len(), began);
        if std::mem::take(&mut self.burst.trims) {
            self.trim_stored(&replies, &outcomes).await;
        }
        (replies, outcomes)
    }
}
