//! Gathering what a client publishes into bursts, and answering them.

use bytes::BytesMut;
use tokio::time::Instant;

use super::Session;
use crate::{
    command::{self, Command, EntryId, IdText, StreamKey},
    message::{Message, Record, Rejection, TopicName},
    pipeline::Outcome,
    resp::Args,
};

/// Most messages of a burst: a burst holds one worker while plugins look at it.
pub(crate) const BURST_MESSAGES_MAX: usize = 1024;
/// A burst goes on its way when its values pass this size.
pub(crate) const BURST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Messages under way, and how each is to be answered.
#[derive(Default)]
pub(super) struct Burst {
    messages: Vec<Message>,
    bytes: usize,
    /// One for each command, in order.
    replies: Vec<Reply>,
    /// Where values are laid one behind the other before they become shared.
    arena: BytesMut,
    /// The key named last, and what it stands for, while this login may publish to it.
    last_key: Option<(Vec<u8>, StreamKey)>,
}

impl Burst {
    /// Forgets what the login before was allowed.
    pub(super) fn forget_key(&mut self) {
        self.last_key = None;
    }

    /// The topic that was published to last.
    pub(super) fn last_topic(&self) -> Option<&TopicName> {
        self.last_key.as_ref().map(|(_, key)| &key.topic)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.replies.is_empty()
    }
}

/// How a publishing command is answered.
enum Reply {
    /// With the id of the entry: XADD.
    Id,
    /// With `+OK`: SET and HSET.
    Ok,
    /// With null: XADD NOMKSTREAM to a topic that does not exist.
    Null,
    /// With this error; there is no message.
    Refused(Rejection),
}

impl Session {
    /// Does the command publish, for this client?
    pub(super) fn publishes(&self, command: Command) -> bool {
        let binding = self.identity.as_ref().and_then(|identity| identity.grant().binding.as_ref());
        match command {
            Command::XAdd => true,
            Command::Set | Command::HSet => binding.is_some_and(|binding| binding.publishes),
            _ => false,
        }
    }

    /// Adds one message; false if the burst is full, or the command does not publish after all.
    pub(super) fn add_to_burst(&mut self, command: Command, args: &Args<'_>) -> bool {
        let full = self.burst.replies.len() >= BURST_MESSAGES_MAX;
        if full || self.burst.bytes >= BURST_BYTES_MAX {
            return false;
        }
        let added = match command {
            Command::XAdd => self.xadd(args),
            _ if self.is_commit(args) => return false,
            _ => self.databus_publish(args),
        };
        self.burst.replies.push(added.unwrap_or_else(Reply::Refused));
        true
    }

    fn xadd(&mut self, args: &Args<'_>) -> Result<Reply, Rejection> {
        let StreamKey { topic, partition } = self.publish_key(&args[1])?;
        let add = command::add(args, &mut self.burst.arena)?;
        if add.only_existing && self.broker()?.topic(topic.as_str()).is_none() {
            return Ok(Reply::Null);
        }
        self.check_size(add.value.len())?;
        let record = Record { value: Some(add.value), ..Record::default() };
        self.push(Message { topic, partition, record });
        Ok(Reply::Id)
    }

    /// The stream that a key names, if the client may publish to it. Remembers the last one: most
    /// clients publish to one topic.
    fn publish_key(&mut self, name: &[u8]) -> Result<StreamKey, Rejection> {
        if let Some((last, key)) = &self.burst.last_key
            && last == name
        {
            return Ok(key.clone());
        }
        let key = command::stream_key(name)?;
        self.check_publish(&key.topic)?;
        self.burst.last_key = Some((name.to_vec(), key.clone()));
        Ok(key)
    }

    fn databus_publish(&mut self, args: &Args<'_>) -> Result<Reply, Rejection> {
        let Some(binding) = &self.identity()?.grant().binding else {
            return Err(super::databus::not_bound());
        };
        let topic = binding.topic.clone();
        let publish = command::databus_publish(args, &binding.color)?;
        self.check_publish(&topic)?;
        self.check_size(publish.value.len())?;
        // The burst gets its time as a whole, when it leaves.
        self.push(Message { topic, partition: None, record: publish.into_record(0) });
        Ok(Reply::Ok)
    }

    fn check_size(&self, bytes: usize) -> Result<(), Rejection> {
        command::check_value_size(bytes, self.services.settings.value_bytes_max)
    }

    fn push(&mut self, message: Message) {
        self.burst.bytes += message.record.payload_len();
        self.burst.messages.push(message);
    }

    /// Sends the burst through the pipeline and answers every command of it.
    pub(super) async fn flush_burst(&mut self) {
        if self.burst.replies.is_empty() {
            return;
        }
        let began = Instant::now();
        let mut messages = std::mem::take(&mut self.burst.messages);
        let mut replies = std::mem::take(&mut self.burst.replies);
        self.burst.bytes = 0;
        let outcomes = match self.identity() {
            Ok(identity) if !messages.is_empty() => {
                let context = identity.context();
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
        let mut outcomes = outcomes.into_iter();
        for reply in replies.drain(..) {
            match reply {
                Reply::Refused(rejection) => self.refuse(rejection),
                Reply::Null => self.replies.null(),
                Reply::Id => self.answer_id(outcomes.next()),
                Reply::Ok => self.answer_ok(outcomes.next()),
            }
        }
        // The list's room serves the next burst.
        self.burst.replies = replies;
    }

    fn answer_id(&mut self, outcome: Option<Outcome>) {
        match outcome {
            Some(Outcome::Stored(receipt)) => {
                let id = IdText::from(EntryId::of(receipt.partition, receipt.offset));
                self.replies.bulk(id.as_bytes());
            }
            Some(Outcome::Dropped) => self.replies.null(),
            Some(Outcome::Refused(rejection)) => self.refuse(rejection),
            None => self.refuse(lost()),
        }
    }

    fn answer_ok(&mut self, outcome: Option<Outcome>) {
        match outcome {
            Some(Outcome::Stored(_) | Outcome::Dropped) => self.replies.ok(),
            Some(Outcome::Refused(rejection)) => self.refuse(rejection),
            None => self.refuse(lost()),
        }
    }
}

/// For an answer that never came; it cannot happen as long as the pipeline answers every message.
fn lost() -> Rejection {
    Rejection::new(
        crate::message::ErrorCode::Unknown,
        "publish may or may not be stored: the gateway lost its receipt",
    )
}
