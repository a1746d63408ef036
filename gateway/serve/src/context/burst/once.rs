//! XADD with the message's identity: stored once, however often it is sent.

use std::time::Duration;

use bytes::BytesMut;
use tokio::time::{Instant, timeout_at};

use super::{super::Context, Reply};
use crate::{
    command::{self, Add, EntryId, IdText, StreamKey, StreamSettings},
    idempotence::{Producing, WindowSettings},
    message::{ErrorCode, Message, MessageId, Rejection},
    pipeline::{Outcome, publish_rejection},
    resp::Args,
};

/// Producers remembered of one partition; each takes some kilobytes.
const PRODUCERS_MAX: usize = 10_000;
/// Of a publish's time, what is left for storing.
const STORE_SHARE: u32 = 2;

impl Context {
    /// Looks the message up, and stores it if it is new. It travels alone: messages before it were
    /// answered.
    pub(crate) async fn xadd_once(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let (key, settings) = self.publish_key(&args[1])?;
        let add = command::add(args, &settings, &mut BytesMut::new())?;
        let Some(identity) = add.identity.clone() else { return Err(command::syntax_error()) };
        if add.only_existing && self.find_topic(&key.topic).await?.is_none() {
            self.replies.null();
            return Ok(());
        }
        self.check_size(add.record.payload_len())?;
        let Some((producing, partition)) = self.producing(&key, &settings, &identity).await? else {
            return Err(Rejection::err("no such partition"));
        };
        let deadline = self.services.settings.publish_deadline;
        let began = Instant::now();
        let answered_by = began + deadline;
        let until = began + deadline / STORE_SHARE;
        let looked = async {
            let turn = producing.turn(&identity.producer).await;
            producing.find(&identity, self.now_ms()).await.map(|found| (turn, found))
        };
        let (mut turn, found) = match timeout_at(until, looked).await {
            Ok(looked) => looked.map_err(publish_rejection)?,
            Err(_) => return Err(busy()),
        };
        if let Some(offset) = found {
            self.services.counters.messages_repeated.add(1);
            self.answer_place(partition, offset);
            return Ok(());
        }
        let reply = self.push_once(&key, add, &identity, partition)?;
        self.burst.replies.push(reply);
        let sent_until = Instant::now() + deadline;
        let Ok(sent) = timeout_at(answered_by, self.send_burst()).await else {
            // It goes on without us: a publish is answered in time, also one that was looked for.
            turn.leave_in_doubt(sent_until);
            self.burst.trims = false;
            return Err(late());
        };
        let (mut replies, mut outcomes) = sent;
        match outcomes.first_mut() {
            Some(Outcome::Stored(receipt)) => {
                // Another gateway may have stored the same a moment before: the first one counts.
                let seen = timeout_at(answered_by, producing.find(&identity, self.now_ms())).await;
                if let Ok(Ok(Some(first))) = seen
                    && receipt.topic == key.topic
                {
                    receipt.offset = receipt.offset.min(first);
                }
            }
            Some(Outcome::Rejected(refusal)) if refusal.code == ErrorCode::Unknown => {
                turn.leave_in_doubt(sent_until);
            }
            _ => {}
        }
        self.answer_burst(replies.drain(..), outcomes);
        Ok(())
    }

    /// The window of the partition that this producer's messages go to; `None` if the client named
    /// one that does not exist.
    async fn producing(
        &self,
        key: &StreamKey,
        settings: &StreamSettings,
        identity: &MessageId,
    ) -> Result<Option<(Producing, u32)>, Rejection> {
        let cluster = &self.identity()?.cluster;
        let topic = self.services.pipeline.ensure_topic(cluster, &key.topic).await;
        let topic = topic.map_err(publish_rejection)?;
        let partition = key.partition.unwrap_or_else(|| identity.partition(topic.partitions));
        if partition >= topic.partitions {
            return Ok(None);
        }
        let window = WindowSettings {
            duration_ms: millis(settings.idmp_duration),
            ids_max: settings.idmp_ids_max,
            producers_max: PRODUCERS_MAX,
        };
        let place = (&topic.name, partition);
        Ok(Some((self.services.windows.of(cluster, place, window), partition)))
    }

    fn push_once(
        &mut self,
        key: &StreamKey,
        add: Add,
        identity: &MessageId,
        partition: u32,
    ) -> Result<Reply, Rejection> {
        let mut record = add.record;
        identity.mark(&mut record.headers);
        let reply = match add.trim {
            None => Reply::Id,
            Some(trim) => {
                self.burst.trims = true;
                Reply::Trimmed(Box::new(self.trim_after(key, trim)?))
            }
        };
        let (topic, partition) = (key.topic.clone(), Some(partition));
        self.push(Message { topic, partition, record, expected_offset: None });
        Ok(reply)
    }

    fn answer_place(&mut self, partition: u32, offset: u64) {
        self.replies.bulk(IdText::from(EntryId::of(partition, offset)).as_bytes());
    }
}

fn late() -> Rejection {
    let words = "publish may or may not be stored: the broker did not answer in time";
    Rejection::new(ErrorCode::Unknown, words)
}

fn busy() -> Rejection {
    let words =
        "too many messages of this producer are under way: nothing was taken, try again later";
    Rejection::new(ErrorCode::Busy, words)
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
