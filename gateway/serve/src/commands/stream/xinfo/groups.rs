//! XINFO GROUPS and XINFO CONSUMERS, and the groups in XINFO STREAM FULL.

use std::{collections::BTreeMap, ops::Bound::Unbounded};

use crate::{
    broker::{BrokerError, OffsetRange, TopicInfo},
    commands::{
        group_name::GroupName,
        stream_group::{check_exists_in, find_topic, open_group, send_id},
    },
    consumer::{Consumer, EntryPosition, IdleFilter, PartitionProgress, Pending, StreamGroup},
    context::Context,
    entry::{EntryId, IdText, stream_key},
    message::{Rejection, TopicName, TopicPartition},
    pipeline::read_rejection,
    resp::{Args, Replies},
};

/// How far a group is in its topic.
struct Progress {
    last_delivered: EntryId,
    entries_read: u64,
    lag: u64,
}

/// Answers XINFO GROUPS with a key.
pub(super) async fn describe_groups(
    context: &mut Context,
    args: &Args<'_>,
) -> Result<(), Rejection> {
    let topic = topic_to_show(context, &args[2]).await?;
    let ranges = ranges(context, &topic.name).await?;
    let mut shown = Vec::new();
    for group in group_names(context, &topic.name).await? {
        let name = GroupName { topic: topic.name.clone(), group };
        let open = open_group(context, &name)?;
        let progress = progress(context, &name, open.as_deref(), &ranges).await?;
        let consumers = open.as_ref().map_or(0, |group| group.consumers().len());
        let pending = open.map_or(0, |group| group.summary().count);
        shown.push((name.group, consumers, pending, progress));
    }
    let replies = &mut context.replies;
    replies.array(shown.len());
    for (group, consumers, pending, progress) in shown {
        replies.map(6);
        replies.bulk(b"name");
        replies.bulk(group.as_bytes());
        replies.bulk(b"consumers");
        replies.count(consumers);
        replies.bulk(b"pending");
        replies.count(pending);
        send_progress(replies, &progress);
    }
    Ok(())
}

/// Answers XINFO CONSUMERS with a key and a group.
pub(super) async fn describe_consumers(
    context: &mut Context,
    args: &Args<'_>,
) -> Result<(), Rejection> {
    let topic = topic_to_show(context, &args[2]).await?;
    let name = GroupName::parse(topic.name.as_str().as_bytes(), &args[3])?;
    check_exists_in(context, &topic, &name).await?;
    let consumers = open_group(context, &name)?.map(|group| group.consumers());
    let consumers = consumers.unwrap_or_default();
    let now = context.now_ms();
    let replies = &mut context.replies;
    replies.array(consumers.len());
    for (name, consumer) in consumers {
        replies.map(4);
        replies.bulk(b"name");
        replies.bulk(&name);
        replies.bulk(b"pending");
        replies.count(consumer.pending.len());
        replies.bulk(b"idle");
        replies.integer((now - consumer.seen_ms).max(0));
        replies.bulk(b"inactive");
        replies.integer(consumer.active_ms.map_or(-1, |active| (now - active).max(0)));
    }
    Ok(())
}

/// Sends the last field of XINFO STREAM FULL: each group with at most `count` pending entries of
/// each consumer.
pub(super) async fn send_groups_in_full(
    context: &mut Context,
    topic: &TopicName,
    count: usize,
) -> Result<(), Rejection> {
    let ranges = ranges(context, topic).await?;
    let mut shown = Vec::new();
    for group in group_names(context, topic).await? {
        let name = GroupName { topic: topic.clone(), group };
        let open = open_group(context, &name)?;
        let progress = progress(context, &name, open.as_deref(), &ranges).await?;
        shown.push((name, open, progress));
    }
    let replies = &mut context.replies;
    replies.array(shown.len());
    for (name, open, progress) in shown {
        replies.map(7);
        replies.bulk(b"name");
        replies.bulk(name.group.as_bytes());
        send_progress(replies, &progress);
        send_pending_in_full(replies, open.as_deref(), count);
    }
    Ok(())
}

fn send_pending_in_full(replies: &mut Replies, open: Option<&StreamGroup>, count: usize) {
    replies.bulk(b"pel-count");
    replies.count(open.map_or(0, |group| group.summary().count));
    replies.bulk(b"pending");
    let pending = listed(open, None, count);
    replies.array(pending.len());
    for (position, entry) in pending {
        replies.array(4);
        send_id(replies, position);
        replies.bulk(&entry.consumer);
        replies.integer(entry.delivered_ms);
        replies.unsigned(entry.deliveries);
    }
    replies.bulk(b"consumers");
    let consumers = open.map(StreamGroup::consumers).unwrap_or_default();
    replies.array(consumers.len());
    for (name, consumer) in consumers {
        let pending = listed(open, Some(&name), count);
        send_consumer_in_full(replies, &name, &consumer, pending);
    }
}

fn send_consumer_in_full(
    replies: &mut Replies,
    name: &[u8],
    consumer: &Consumer,
    pending: Vec<(EntryPosition, Pending)>,
) {
    replies.map(5);
    replies.bulk(b"name");
    replies.bulk(name);
    replies.bulk(b"seen-time");
    replies.integer(consumer.seen_ms);
    replies.bulk(b"active-time");
    replies.integer(consumer.active_ms.unwrap_or(-1));
    replies.bulk(b"pel-count");
    replies.count(consumer.pending.len());
    replies.bulk(b"pending");
    replies.array(pending.len());
    for (position, entry) in pending {
        replies.array(3);
        send_id(replies, position);
        replies.integer(entry.delivered_ms);
        replies.unsigned(entry.deliveries);
    }
}

fn send_progress(replies: &mut Replies, progress: &Progress) {
    replies.bulk(b"last-delivered-id");
    replies.bulk(IdText::from(progress.last_delivered).as_bytes());
    replies.bulk(b"entries-read");
    replies.unsigned(progress.entries_read);
    replies.bulk(b"lag");
    replies.unsigned(progress.lag);
}

async fn topic_to_show(context: &Context, key: &[u8]) -> Result<TopicInfo, Rejection> {
    let found = find_topic(context, &stream_key(key)?.topic).await?;
    found.ok_or_else(|| Rejection::err("no such key"))
}

async fn ranges(context: &Context, topic: &TopicName) -> Result<Vec<OffsetRange>, Rejection> {
    context.broker()?.all_offsets(topic).await.map_err(read_rejection)
}

/// All groups of a topic: those that the broker knows, and those that are open here.
async fn group_names(context: &Context, topic: &TopicName) -> Result<Vec<String>, Rejection> {
    let cluster = &context.identity()?.cluster;
    let mut names = match cluster.broker.groups(topic).await {
        Ok(names) => names,
        // A broker that does not list them: the open ones are known.
        Err(BrokerError::Refused { .. }) => Vec::new(),
        Err(error) => return Err(read_rejection(error)),
    };
    names.extend(context.services.groups.streams_of(cluster, topic));
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// How far a group is: by deliveries in the partitions that this gateway reads, by commits in the
/// others.
async fn progress(
    context: &Context,
    name: &GroupName,
    open: Option<&StreamGroup>,
    ranges: &[OffsetRange],
) -> Result<Progress, Rejection> {
    let ends: Vec<_> = ranges.iter().map(|range| range.end).collect();
    let here: BTreeMap<u32, PartitionProgress> =
        open.map(|group| group.progress(&ends)).unwrap_or_default();
    let broker = context.broker()?;
    let mut sum = Progress { last_delivered: EntryId::FIRST, entries_read: 0, lag: 0 };
    for (partition, range) in (0..).zip(ranges) {
        let PartitionProgress { next, lag } = if let Some(progress) = here.get(&partition) {
            *progress
        } else {
            let at = TopicPartition::new(name.topic.clone(), partition);
            let committed = broker.committed(&name.group, &at).await;
            let next = committed.map_err(read_rejection)?.map_or(range.start, |at| at.offset);
            PartitionProgress { next, lag: range.end.saturating_sub(next.max(range.start)) }
        };
        if next > 0 {
            let last = EntryId::of(partition, next - 1);
            sum.last_delivered = sum.last_delivered.max(last);
        }
        sum.entries_read += next;
        sum.lag += lag;
    }
    Ok(sum)
}

/// The first pending entries of a group, or of one of its consumers.
fn listed(
    group: Option<&StreamGroup>,
    consumer: Option<&[u8]>,
    count: usize,
) -> Vec<(EntryPosition, Pending)> {
    let all = (Unbounded, Unbounded);
    let listed = group.map(|group| group.pending(all, consumer, IdleFilter::ALL, count));
    listed.unwrap_or_default()
}
