//! Trimming streams: after entries were added, and by itself.

use std::sync::Arc;

use super::{
    Context,
    burst::{KnownStart, Reply, Trim, TrimAfterStore, TrimPoint, TrimScope, Trims},
};
use crate::{
    broker::OffsetRange,
    entry::StreamKey,
    message::{Rejection, TopicName, TopicPartition},
    pipeline::{BrokerOp, Outcome, broker_rejection, read_rejection},
};

/// Where the broker has no files of its own, `~` deletes when so many entries have to go.
const APPROXIMATE_ENTRIES: u64 = 100;

/// Partitions of a topic, or those it would be made with.
pub(crate) fn partitions_of(context: &Context, topic: &TopicName) -> Result<u32, Rejection> {
    let known = context.broker()?.topic(topic.as_str());
    Ok(known.map_or(context.services.settings.partitions, |known| known.partitions))
}

/// What trimming an XADD to `key` asks for.
///
/// # Errors
/// Exact trimming of several partitions.
fn trim_after_store(
    context: &Context,
    key: &StreamKey,
    trim: Trim,
) -> Result<TrimAfterStore, Rejection> {
    let scope = trim_scope(context, key, trim)?;
    Ok(TrimAfterStore::new(&key.topic, trim, scope))
}

/// What a trimmed key stands for.
///
/// # Errors
/// Exact trimming of several partitions.
pub(crate) fn trim_scope(
    context: &Context,
    key: &StreamKey,
    trim: Trim,
) -> Result<TrimScope, Rejection> {
    if key.partition.is_some() || partitions_of(context, &key.topic)? == 1 {
        return Ok(TrimScope::OnePartition);
    }
    if trim.exact {
        return Err(Rejection::err(format!(
            "topic `{0}` has several partitions and is trimmed with ~ only, or one by one, as \
             `{0}:0`",
            key.topic
        )));
    }
    Ok(TrimScope::AllPartitions)
}

/// The reply to an XADD, which may have to trim its topic.
///
/// # Errors
/// Exact trimming of several partitions.
pub(crate) fn reply_with_id(
    context: &mut Context,
    key: &StreamKey,
    trim: Option<Trim>,
) -> Result<Reply, Rejection> {
    let Some(trim) = trim else { return Ok(Reply::Id) };
    context.burst.note_trim();
    Ok(Reply::Trimmed(Box::new(trim_after_store(context, key, trim)?)))
}

/// Trims what was stored, once for each partition.
pub(super) async fn trim_stored(context: &mut Context, replies: &[Reply], outcomes: &[Outcome]) {
    let has_message = |reply: &&Reply| !matches!(reply, Reply::Refused(_) | Reply::Null);
    let mut trims = Trims::default();
    for (reply, outcome) in replies.iter().filter(has_message).zip(outcomes) {
        if let (Reply::Trimmed(after), Outcome::Stored(receipt)) = (reply, outcome) {
            trims.add(after, receipt);
        }
    }
    trim_all(context, trims).await;
}

/// Deletes what has to go. The entries are stored: if this fails, later ones try again.
async fn trim_all(context: &mut Context, trims: Trims) {
    for ((topic, partition), point) in trims {
        // What went wrong is in the log.
        let _ = trim_partition(context, &topic, partition, point).await;
    }
}

/// Deletes records of a partition; answers where it starts then, `None` if nothing was done.
pub(crate) async fn trim_partition(
    context: &mut Context,
    topic: &TopicName,
    partition: u32,
    point: TrimPoint,
) -> Result<Option<u64>, Rejection> {
    let Some(before) = first_kept_if_worthwhile(context, topic, partition, point).await? else {
        return Ok(None);
    };
    let at = TopicPartition::new(topic.clone(), partition);
    let deleted = context.broker()?.delete_records(&at, before).await;
    deleted.map(Some).map_err(|error| broker_rejection(BrokerOp::Delete, error))
}

/// The first offset to keep, if deleting is worth it: with `~` whole files are deleted. Where
/// there are none, many entries are deleted at once, if the topic's settings allow it.
async fn first_kept_if_worthwhile(
    context: &mut Context,
    topic: &TopicName,
    partition: u32,
    point: TrimPoint,
) -> Result<Option<u64>, Rejection> {
    let broker = Arc::clone(context.broker()?);
    let at = TopicPartition::new(topic.clone(), partition);
    let has_files = broker.boundary_below(&at, point.before).is_some();
    let may = has_files || point.exact || context.services.settings.streams.of(topic).trims;
    if point.before == 0 || !may {
        return Ok(None);
    }
    let least = if has_files || point.exact { 1 } else { APPROXIMATE_ENTRIES };
    // Starts only grow: where one was near a moment ago, there is no need to ask Kafka again.
    let known = context.burst.known_start.as_ref();
    let known = known.and_then(|known| known.of(topic, partition));
    if !has_files && known.is_some_and(|start| point.before < start + least) {
        return Ok(None);
    }
    let OffsetRange { start, end } = broker.offsets(&at).await.map_err(read_rejection)?;
    context.burst.known_start = Some(KnownStart::new(topic, partition, start));
    let most = point.limit.map_or(u64::MAX, |limit| start.saturating_add(limit));
    let before = point.before.min(end).min(most);
    if point.exact {
        return Ok((before > start).then_some(before));
    }
    let least = least.min(most - start);
    let before = broker.boundary_below(&at, before).unwrap_or(before);
    Ok((before >= start.saturating_add(least)).then_some(before))
}
