//! What a client publishes, gathered until it is sent.

use std::sync::Arc;

use bytes::BytesMut;

use crate::{
    entry::{StreamKey, StreamSettings},
    message::{Message, Rejection, TopicName},
};

mod trim; // what to delete

pub(crate) use trim::{Keep, Trim, TrimAfterStore, TrimPoint, TrimScope};
pub(crate) use trim::{KnownStart, Trims};

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
    /// What a key stands for, if it was named last.
    pub(super) fn known_key(&self, name: &[u8]) -> Option<&PublishKey> {
        let (last, published) = self.last_key.as_ref()?;
        (last == name).then_some(published)
    }

    pub(super) fn remember_key(&mut self, name: &[u8], published: &PublishKey) {
        self.last_key = Some((name.to_vec(), published.clone()));
    }

    /// Takes everything that was gathered.
    pub(super) fn take(&mut self) -> Gathered {
        self.bytes = 0;
        Gathered {
            messages: std::mem::take(&mut self.messages),
            replies: std::mem::take(&mut self.replies),
            trims: std::mem::take(&mut self.trims),
        }
    }

    /// Takes an emptied list back: its memory serves the next burst.
    pub(super) fn reuse(&mut self, replies: Vec<Reply>) {
        self.replies = replies;
    }

    /// A reply waits for trimming.
    pub(super) fn note_trim(&mut self) {
        self.trims = true;
    }

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

    pub(crate) fn is_empty(&self) -> bool {
        self.replies.is_empty()
    }
}

/// What was gathered.
pub(super) struct Gathered {
    pub(super) messages: Vec<Message>,
    /// One for each command, in order.
    pub(super) replies: Vec<Reply>,
    /// Some of the replies wait for trimming.
    pub(super) trims: bool,
}

/// How a publishing command is answered. Small, because there is one for each message.
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
    Refused(Box<Rejection>),
}
