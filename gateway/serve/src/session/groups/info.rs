//! XINFO: groups and consumers.

use std::collections::BTreeMap;

use super::{Context, no_group_of_key};
use crate::{
    broker::{BrokerError, OffsetRange, TopicInfo},
    command::{self, EntryId, GroupName, IdText},
    consumer::{Consumer, EntryPosition, IdleFilter, PartitionProgress, Pending, StreamGroup},
    message::{Rejection, TopicName},
    pipeline::read_rejection,
    resp::Args,
};

/// What is shown of a group in one topic.
struct Summary {
    last_delivered: EntryId,
    entries_read: u64,
    lag: u64,
}

impl Context {
    pub(crate) async fn xinfo_groups(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        if args.len() != 3 {
            return Err(command::wrong_arity("xinfo|groups"));
        }
        let topic = self.topic_to_show(&args[2]).await?;
        let ranges = self.ranges(&topic.name).await?;
        let mut shown = Vec::new();
        for group in self.group_names(&topic.name).await? {
            let name = GroupName { topic: topic.name.clone(), group };
            let open = self.open_group(&name)?;
            let summary = self.summary(&name, open.as_deref(), &ranges).await?;
            let consumers = open.as_ref().map_or(0, |group| group.consumers().len());
            let pending = open.map_or(0, |group| group.summary().count);
            shown.push((name.group, consumers, pending, summary));
        }
        self.replies.array(shown.len());
        for (group, consumers, pending, summary) in shown {
            self.replies.map(6);
            self.replies.bulk(b"name");
            self.replies.bulk(group.as_bytes());
            self.replies.bulk(b"consumers");
            self.send_count(consumers);
            self.replies.bulk(b"pending");
            self.send_count(pending);
            self.send_progress(&summary);
        }
        Ok(())
    }

    pub(crate) async fn xinfo_consumers(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let Some(group) = args.get(3) else {
            return Err(command::wrong_arity("xinfo|consumers"));
        };
        let topic = self.topic_to_show(&args[2]).await?;
        let name = command::group_name(topic.name.as_str().as_bytes(), group)?;
        if !self.group_exists(&topic, &name).await? {
            return Err(no_group_of_key(&name));
        }
        let consumers = self.open_group(&name)?.map(|group| group.consumers());
        let consumers = consumers.unwrap_or_default();
        let now = self.now_ms();
        self.replies.array(consumers.len());
        for (name, consumer) in consumers {
            self.replies.map(4);
            self.replies.bulk(b"name");
            self.replies.bulk(&name);
            self.replies.bulk(b"pending");
            self.send_count(consumer.pending.len());
            self.replies.bulk(b"idle");
            self.replies.integer((now - consumer.seen_ms).max(0));
            self.replies.bulk(b"inactive");
            self.replies.integer(consumer.active_ms.map_or(-1, |active| (now - active).max(0)));
        }
        Ok(())
    }

    /// The last field of XINFO STREAM FULL: each group with at most `count` pending entries of each
    /// consumer.
    pub(crate) async fn send_groups_in_full(
        &mut self,
        topic: &TopicName,
        count: usize,
    ) -> Result<(), Rejection> {
        let ranges = self.ranges(topic).await?;
        let mut shown = Vec::new();
        for group in self.group_names(topic).await? {
            let name = GroupName { topic: topic.clone(), group };
            let open = self.open_group(&name)?;
            let summary = self.summary(&name, open.as_deref(), &ranges).await?;
            shown.push((name, open, summary));
        }
        self.replies.array(shown.len());
        for (name, open, summary) in shown {
            self.replies.map(7);
            self.replies.bulk(b"name");
            self.replies.bulk(name.group.as_bytes());
            self.send_progress(&summary);
            let open = open.as_deref();
            self.replies.bulk(b"pel-count");
            self.send_count(open.map_or(0, |group| group.summary().count));
            self.replies.bulk(b"pending");
            let pending = listed(open, None, count);
            self.replies.array(pending.len());
            for (position, entry) in pending {
                self.replies.array(4);
                self.send_id(position);
                self.replies.bulk(&entry.consumer);
                self.replies.integer(entry.delivered_ms);
                self.send_number(entry.deliveries);
            }
            self.replies.bulk(b"consumers");
            let consumers = open.map(StreamGroup::consumers).unwrap_or_default();
            self.replies.array(consumers.len());
            for (name, consumer) in consumers {
                let pending = listed(open, Some(&name), count);
                self.send_consumer_in_full(&name, &consumer, pending);
            }
        }
        Ok(())
    }

    fn send_consumer_in_full(
        &mut self,
        name: &[u8],
        consumer: &Consumer,
        pending: Vec<(EntryPosition, Pending)>,
    ) {
        self.replies.map(5);
        self.replies.bulk(b"name");
        self.replies.bulk(name);
        self.replies.bulk(b"seen-time");
        self.replies.integer(consumer.seen_ms);
        self.replies.bulk(b"active-time");
        self.replies.integer(consumer.active_ms.unwrap_or(-1));
        self.replies.bulk(b"pel-count");
        self.send_count(consumer.pending.len());
        self.replies.bulk(b"pending");
        self.replies.array(pending.len());
        for (position, entry) in pending {
            self.replies.array(3);
            self.send_id(position);
            self.replies.integer(entry.delivered_ms);
            self.send_number(entry.deliveries);
        }
    }

    fn send_progress(&mut self, summary: &Summary) {
        self.replies.bulk(b"last-delivered-id");
        self.replies.bulk(IdText::from(summary.last_delivered).as_bytes());
        self.replies.bulk(b"entries-read");
        self.send_number(summary.entries_read);
        self.replies.bulk(b"lag");
        self.send_number(summary.lag);
    }

    async fn topic_to_show(&self, key: &[u8]) -> Result<TopicInfo, Rejection> {
        let key = command::stream_key(key)?;
        self.check_consume(&key.topic)?;
        let found = self.find_topic(&key.topic).await?;
        found.ok_or_else(|| Rejection::err("no such key"))
    }

    /// All groups of a topic: those that the broker knows, and those that are open here.
    async fn group_names(&self, topic: &TopicName) -> Result<Vec<String>, Rejection> {
        let cluster = &self.identity()?.cluster;
        let mut names = match cluster.broker.groups(topic).await {
            Ok(names) => names,
            // A broker that does not list them: the open ones are known.
            Err(BrokerError::Refused { .. }) => Vec::new(),
            Err(error) => return Err(read_rejection(error)),
        };
        names.extend(self.services.groups.streams_of(cluster, topic));
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// How far a group is: from what was delivered where this gateway reads, and from what was
    /// committed elsewhere.
    async fn summary(
        &self,
        name: &GroupName,
        open: Option<&StreamGroup>,
        ranges: &[OffsetRange],
    ) -> Result<Summary, Rejection> {
        let ends: Vec<_> = ranges.iter().map(|range| range.end).collect();
        let here: BTreeMap<u32, PartitionProgress> =
            open.map(|group| group.progress(&ends)).unwrap_or_default();
        let broker = self.broker()?;
        let mut summary = Summary { last_delivered: EntryId::FIRST, entries_read: 0, lag: 0 };
        for (partition, range) in (0..).zip(ranges) {
            let progress = if let Some(progress) = here.get(&partition) {
                *progress
            } else {
                let committed = broker.committed(&name.group, &name.topic, partition).await;
                let next = committed.map_err(read_rejection)?.map_or(range.start, |at| at.offset);
                PartitionProgress { next, lag: range.end.saturating_sub(next.max(range.start)) }
            };
            let PartitionProgress { next, lag } = progress;
            if next > 0 {
                let last = EntryId::of(partition, next - 1);
                summary.last_delivered = summary.last_delivered.max(last);
            }
            summary.entries_read += next;
            summary.lag += lag;
        }
        Ok(summary)
    }
}

/// The first pending entries of a group, or of one of its consumers.
fn listed(
    group: Option<&StreamGroup>,
    of: Option<&[u8]>,
    count: usize,
) -> Vec<(EntryPosition, Pending)> {
    let all = (std::ops::Bound::Unbounded, std::ops::Bound::Unbounded);
    let listed = group.map(|group| group.pending(all, of, IdleFilter::ALL, count));
    listed.unwrap_or_default()
}
