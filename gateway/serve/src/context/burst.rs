//! Gathering what a client publishes into bursts, and sending them.

mod answers; // what each command of a burst hears
mod once; //    XADD with the message's identity

use std::sync::Arc;

use bytes::BytesMut;
use tokio::time::Instant;

use super::{Context, channel_topic};
use crate::{
    command::{self, StreamKey, StreamSettings},
    commands::Added,
    message::{Message, Record, Rejection, TopicName},
    pipeline::Outcome,
    resp::Args,
    session::trim::{Cuts, KnownStart, TrimAfter},
};

/// Most messages of a burst: a burst holds one worker while plugins look at it.
pub(crate) const BURST_MESSAGES_MAX: usize = 1024;
/// A burst goes on its way when its values pass this size.
pub(crate) const BURST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a key stands for, and how entries lie in its topic.
type Published = (StreamKey, Arc<StreamSettings>);

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
    last_key: Option<(Vec<u8>, Published)>,
}

impl Burst {
    /// Forgets what the login before was allowed.
    pub(crate) fn forget_key(&mut self) {
        self.last_key = None;
    }

    /// The topic that was published to last.
    pub(crate) fn last_topic(&self) -> Option<&TopicName> {
        self.last_key.as_ref().map(|(_, (key, _))| &key.topic)
    }

    /// Is there no room for another message?
    pub(crate) fn is_full(&self) -> bool {
        self.replies.len() >= BURST_MESSAGES_MAX || self.bytes >= BURST_BYTES_MAX
    }

    /// The reply to a command whose message was added, or refused.
    pub(crate) fn note_reply(&mut self, reply: Reply) {
        self.replies.push(reply);
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
    Trimmed(Box<TrimAfter>),
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
    /// XADD: its entry joins the burst, unless it must be looked for before it is stored.
    pub(crate) fn add_xadd(&mut self, args: &Args<'_>) -> Result<Added, Rejection> {
        if command::has_identity(args) {
            return Ok(Added::NotPublishing);
        }
        self.xadd(args).map(Added::Joined)
    }

    pub(crate) fn add_publish(&mut self, args: &Args<'_>) -> Result<Added, Rejection> {
        self.publish(args).map(Added::Joined)
    }

    /// SET or HSET of a publisher; a SET may be a commit.
    pub(crate) fn add_databus(&mut self, args: &Args<'_>) -> Result<Added, Rejection> {
        if self.is_commit(args) {
            return Ok(Added::NotPublishing);
        }
        self.databus_publish(args).map(Added::Joined)
    }

    fn xadd(&mut self, args: &Args<'_>) -> Result<Reply, Rejection> {
        let (key, settings) = self.publish_key(&args[1])?;
        let add = command::add(args, &settings, &mut self.burst.arena)?;
        if add.only_existing && self.broker()?.topic(key.topic.as_str()).is_none() {
            return Ok(Reply::Null);
        }
        self.check_size(add.record.payload_len())?;
        let expected_offset = add.expected_offset;
        if expected_offset.is_some() {
            self.check_explicit_id(&key.topic)?;
        }
        let reply = match add.trim {
            None => Reply::Id,
            Some(trim) => {
                self.burst.trims = true;
                Reply::Trimmed(Box::new(self.trim_after(&key, trim)?))
            }
        };
        let StreamKey { topic, partition } = key;
        self.push(Message { topic, partition, record: add.record, expected_offset });
        Ok(reply)
    }

    /// An id of the client's choice is one that comes next, which only a log of our own can tell.
    fn check_explicit_id(&self, topic: &TopicName) -> Result<(), Rejection> {
        if !self.broker()?.expects_offsets() {
            return Err(Rejection::err(
                "explicit ids are not possible on Kafka, which gives offsets itself: write *",
            ));
        }
        if self.partitions_of(topic)? == 1 {
            return Ok(());
        }
        let words = format!(
            "explicit ids are not possible on `{topic}`, which has several partitions: write *"
        );
        Err(Rejection::err(words))
    }

    /// Partitions of a topic, or those it would be made with.
    pub(crate) fn partitions_of(&self, topic: &TopicName) -> Result<u32, Rejection> {
        let known = self.broker()?.topic(topic.as_str());
        Ok(known.map_or(self.services.settings.partitions, |known| known.partitions))
    }

    fn publish(&mut self, args: &Args<'_>) -> Result<Reply, Rejection> {
        let topic = channel_topic(&args[1])?;
        self.publish_key(&args[1])?;
        self.check_size(args[2].len())?;
        let value = command::value_entry(&mut self.burst.arena, &args[2]);
        let record = Record { value: Some(value), ..Record::default() };
        self.push(Message { topic, partition: None, record, expected_offset: None });
        Ok(Reply::Receivers)
    }

    /// The stream that a key names, if the client may publish to it. Remembers the last one: most
    /// clients publish to one topic.
    fn publish_key(&mut self, name: &[u8]) -> Result<Published, Rejection> {
        if let Some((last, published)) = &self.burst.last_key
            && last == name
        {
            return Ok(published.clone());
        }
        let key = command::stream_key(name)?;
        self.check_publish(&key.topic)?;
        let published = (key.clone(), Arc::clone(self.services.settings.streams.of(&key.topic)));
        self.burst.last_key = Some((name.to_vec(), published.clone()));
        Ok(published)
    }

    fn databus_publish(&mut self, args: &Args<'_>) -> Result<Reply, Rejection> {
        let Some(binding) = &self.identity()?.grant().binding else {
            return Err(crate::session::databus::not_bound());
        };
        let topic = binding.topic.clone();
        let publish = command::databus_publish(args, &binding.color)?;
        self.check_publish(&topic)?;
        self.check_size(publish.value.len())?;
        // The burst gets its time as a whole, when it leaves.
        let record = publish.into_record(0);
        self.push(Message { topic, partition: None, record, expected_offset: None });
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
    async fn send_burst(&mut self) -> (Vec<Reply>, Vec<Outcome>) {
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

    /// Trims what was stored, once for each partition.
    async fn trim_stored(&mut self, replies: &[Reply], outcomes: &[Outcome]) {
        let has_message = |reply: &&Reply| !matches!(reply, Reply::Refused(_) | Reply::Null);
        let mut cuts = Cuts::default();
        for (reply, outcome) in replies.iter().filter(has_message).zip(outcomes) {
            if let (Reply::Trimmed(after), Outcome::Stored(receipt)) = (reply, outcome) {
                cuts.add(after, receipt);
            }
        }
        self.cut_all(cuts).await;
    }
}
