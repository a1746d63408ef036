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

/// On a broker without local files, `~` deletes only when at least so many entries can go.
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

/// Trims what was stored, once for each partition. The entries are stored: if this fails, later ones
/// try again.
pub(super) async fn trim_stored(context: &mut Context, replies: &[Reply], outcomes: &[Outcome]) {
    let has_message = |reply: &&Reply| !matches!(reply, Reply::Refused(_) | Reply::Null);
    let mut trims = Trims::default();
    for (reply, outcome) in replies.iter().filter(has_message).zip(outcomes) {
        if let (Reply::Trimmed(after), Outcome::Stored(receipt)) = (reply, outcome) {
            after.add_to(&mut trims, receipt);
        }
    }
    for (partition, point) in trims {
        // The log has the reason.
        let _ = trim_partition(context, &partition, point).await;
    }
}

/// Deletes records of a partition. Returns where it starts then; `None` if nothing was deleted.
pub(crate) async fn trim_partition(
    context: &mut Context,
    partition: &TopicPartition,
    point: TrimPoint,
) -> Result<Option<u64>, Rejection> {
    let Some(before) = first_kept_if_worthwhile(context, partition, point).await? else {
        return Ok(None);
    };
    let deleted = context.broker()?.delete_records(partition, before).await;
    deleted.map(Some).map_err(|error| broker_rejection(BrokerOp::Delete, error))
}

/// The first offset to keep, if deleting is worth it: with `~` whole files are deleted. Where
/// there are none, many entries are deleted at once, if the topic's settings allow it.
async fn first_kept_if_worthwhile(
    context: &mut Context,
    partition: &TopicPartition,
    point: TrimPoint,
) -> Result<Option<u64>, Rejection> {
    let broker = Arc::clone(context.broker()?);
    let has_files = broker.boundary_below(partition, point.before).is_some();
    let trims_here = || context.services.settings.streams.of(&partition.topic).trims;
    let may = has_files || point.exact || trims_here();
    if point.before == 0 || !may {
        return Ok(None);
    }
    let least = if has_files || point.exact { 1 } else { APPROXIMATE_ENTRIES };
    // Starts only grow: where one was near a moment ago, there is no need to ask Kafka again.
    let known = context.burst.known_start.as_ref();
    let known = known.and_then(|known| known.of(partition));
    if !has_files && known.is_some_and(|start| point.before < start + least) {
        return Ok(None);
    }
    let OffsetRange { start, end } = broker.offsets(partition).await.map_err(read_rejection)?;
    context.burst.known_start = Some(KnownStart::new(partition, start));
    let most = point.limit.map_or(u64::MAX, |limit| start.saturating_add(limit));
    let before = point.before.min(end).min(most);
    if point.exact {
        return Ok((before > start).then_some(before));
    }
    let least = least.min(most - start);
    let before = broker.boundary_below(partition, before).unwrap_or(before);
    Ok((before >= start.saturating_add(least)).then_some(before))
}
