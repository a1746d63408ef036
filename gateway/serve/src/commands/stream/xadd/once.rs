//! XADD with the message's identity: stored once, however often it is sent.

use std::time::Duration;

use bytes::BytesMut;
use tokio::time::{Instant, timeout_at};

use super::options::Add;
use crate::{
    commands::arguments::syntax_error,
    context::{
        Context, PublishKey, Reply, answer_burst, check_value_size, publish_key, reply_with_id,
        send_burst,
    },
    entry::{EntryId, IdText, StreamKey, StreamSettings},
    idempotence::{Producing, WindowSettings},
    message::{ErrorCode, Message, MessageId, Rejection},
    pipeline::{Outcome, publish_rejection},
    resp::Args,
};

/// Producers remembered of one partition; each takes some kilobytes.
const PRODUCERS_MAX: usize = 10_000;
/// Of a publish's time, what is left for storing.
const STORE_SHARE: u32 = 2;

/// Looks the message up, and stores it if it is new. It is sent alone: the messages before it were
/// answered.
pub(super) async fn publish_once(context: &mut Context, args: &Args<'_>) -> Result<(), Rejection> {
    let PublishKey { key, settings } = publish_key(context, &args[1])?;
    let add = Add::parse(args, &settings, &mut BytesMut::new())?;
    let Some(identity) = add.identity.clone() else { return Err(syntax_error()) };
    if add.only_existing && context.find_topic(&key.topic).await?.is_none() {
        context.replies.null();
        return Ok(());
    }
    check_value_size(context, add.record.payload_len())?;
    let Some((producing, partition)) = producing(context, &key, &settings, &identity).await? else {
        return Err(Rejection::err("no such partition"));
    };
    let deadline = context.services.settings.publish_deadline;
    let began = Instant::now();
    let answered_by = began + deadline;
    let until = began + deadline / STORE_SHARE;
    let looked = async {
        let turn = producing.turn(&identity.producer).await;
        producing.find(&identity, context.now_ms()).await.map(|found| (turn, found))
    };
    let (mut turn, found) = match timeout_at(until, looked).await {
        Ok(looked) => looked.map_err(publish_rejection)?,
        Err(_) => return Err(busy()),
    };
    if let Some(offset) = found {
        context.services.counters.messages_repeated.add(1);
        let id = IdText::from(EntryId::of(partition, offset));
        context.replies.bulk(id.as_bytes());
        return Ok(());
    }
    let reply = push_once(context, &key, add, &identity, partition)?;
    context.burst.note_reply(reply);
    let sent_until = Instant::now() + deadline;
    let Ok(sent) = timeout_at(answered_by, send_burst(context)).await else {
        // It goes on in the background: a publish is answered in time, also after a look-up.
        turn.leave_in_doubt(sent_until);
        return Err(late());
    };
    let (mut replies, mut outcomes) = sent;
    match outcomes.first_mut() {
        Some(Outcome::Stored(receipt)) => {
            // Another gateway may have stored the same a moment before: the first one counts.
            let seen = timeout_at(answered_by, producing.find(&identity, context.now_ms())).await;
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
    answer_burst(context, replies.drain(..), outcomes);
    Ok(())
}

/// The window of the partition that this producer's messages go to; `None` if the client named
/// one that does not exist.
async fn producing(
    context: &Context,
    key: &StreamKey,
    settings: &StreamSettings,
    identity: &MessageId,
) -> Result<Option<(Producing, u32)>, Rejection> {
    let cluster = &context.identity()?.cluster;
    let topic = context.services.pipeline.ensure_topic(cluster, &key.topic).await;
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
    Ok(Some((context.services.windows.of(cluster, place, window), partition)))
}

fn push_once(
    context: &mut Context,
    key: &StreamKey,
    add: Add,
    identity: &MessageId,
    partition: u32,
) -> Result<Reply, Rejection> {
    let mut record = add.record;
    identity.mark(&mut record.headers);
    let reply = reply_with_id(context, key, add.trim)?;
    let (topic, partition) = (key.topic.clone(), Some(partition));
    context.burst.push(Message { topic, partition, record, expected_offset: None });
    Ok(reply)
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
