//! Trimming streams: after an XADD with MAXLEN or MINID, and for XTRIM.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{super::Context, Reply};
use crate::{
    broker::OffsetRange,
    entry::{EntryId, StreamKey},
    message::{Receipt, Rejection, TopicName},
    pipeline::{BrokerOp, Outcome, broker_rejection, read_rejection},
};

/// What is to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trim {
    /// What stays.
    pub(crate) keep: Keep,
    /// `=`, or neither: to the entry. `~`: only what costs little.
    pub(crate) exact: bool,
    /// With `~`, delete at most so many entries.
    pub(crate) limit: Option<u64>,
}

/// What stays of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// `MAXLEN`: so many entries.
    Newest(u64),
    /// `MINID`: entries from this id on.
    From(EntryId),
}

/// What a trimmed key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrimScope {
    /// A single partition, which exact trimming needs.
    OnePartition,
    /// All of several partitions.
    AllPartitions,
}

/// Where the broker has no files of its own, `~` deletes when so many entries have to go.
const APPROXIMATE_ENTRIES: u64 = 100;

/// How long a known start is used: the topic may be deleted and made again.
const KNOWN_FOR: Duration = Duration::from_secs(1);

/// What to delete when an entry is stored.
#[derive(Debug)]
pub(crate) struct TrimAfterStore {
    topic: TopicName,
    trim: Trim,
    scope: TrimScope,
}

/// What has to be deleted after a burst, once for each partition.
#[derive(Debug, Default)]
pub(super) struct Trims(HashMap<(TopicName, u32), TrimPoint>);

/// Records below an offset that have to go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrimPoint {
    pub(crate) before: u64,
    pub(crate) exact: bool,
    pub(crate) limit: Option<u64>,
}

/// Where a partition started when it was asked last.
#[derive(Clone, Debug)]
pub(crate) struct KnownStart {
    topic: TopicName,
    partition: u32,
    start: u64,
    asked: Instant,
}

impl KnownStart {
    fn is_of(&self, topic: &TopicName, partition: u32) -> bool {
        let is_fresh = self.asked.elapsed() < KNOWN_FOR;
        is_fresh && self.partition == partition && self.topic == *topic
    }
}

impl Trims {
    fn add(&mut self, after: &TrimAfterStore, receipt: &Receipt) {
        // Where a router sent it elsewhere, the client did not mean that topic.
        if receipt.topic != after.topic {
            return;
        }
        let Trim { keep, exact, limit } = after.trim;
        let before = keep.first_kept(receipt.partition, receipt.offset + 1, after.scope);
        let place = (receipt.topic.clone(), receipt.partition);
        let point = self.0.entry(place).or_insert(TrimPoint { before, exact, limit });
        if before >= point.before {
            *point = TrimPoint { before, exact: exact || point.exact, limit };
        }
    }
}

impl Context {
    /// What trimming an XADD to `key` asks for.
    ///
    /// # Errors
    /// Exact trimming of several partitions.
    fn trim_after_store(&self, key: &StreamKey, trim: Trim) -> Result<TrimAfterStore, Rejection> {
        let scope = self.trim_scope(key, trim)?;
        Ok(TrimAfterStore { topic: key.topic.clone(), trim, scope })
    }

    /// What a trimmed key stands for.
    ///
    /// # Errors
    /// Exact trimming of several partitions.
    pub(crate) fn trim_scope(&self, key: &StreamKey, trim: Trim) -> Result<TrimScope, Rejection> {
        if key.partition.is_some() || self.partitions_of(&key.topic)? == 1 {
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
        &mut self,
        key: &StreamKey,
        trim: Option<Trim>,
    ) -> Result<Reply, Rejection> {
        let Some(trim) = trim else { return Ok(Reply::Id) };
        self.burst.trims = true;
        Ok(Reply::Trimmed(Box::new(self.trim_after_store(key, trim)?)))
    }

    /// Trims what was stored, once for each partition.
    pub(super) async fn trim_stored(&mut self, replies: &[Reply], outcomes: &[Outcome]) {
        let has_message = |reply: &&Reply| !matches!(reply, Reply::Refused(_) | Reply::Null);
        let mut trims = Trims::default();
        for (reply, outcome) in replies.iter().filter(has_message).zip(outcomes) {
            if let (Reply::Trimmed(after), Outcome::Stored(receipt)) = (reply, outcome) {
                trims.add(after, receipt);
            }
        }
        self.trim_all(trims).await;
    }

    /// Deletes what has to go. The entries are stored: if this fails, later ones try again.
    async fn trim_all(&mut self, trims: Trims) {
        for ((topic, partition), point) in trims.0 {
            // What went wrong is in the log.
            let _ = self.trim_partition(&topic, partition, point).await;
        }
    }

    /// Deletes records of a partition; answers where it starts then, `None` if nothing was done.
    pub(crate) async fn trim_partition(
        &mut self,
        topic: &TopicName,
        partition: u32,
        point: TrimPoint,
    ) -> Result<Option<u64>, Rejection> {
        let Some(before) = self.first_kept_if_worthwhile(topic, partition, point).await? else {
            return Ok(None);
        };
        let deleted = self.broker()?.delete_records(topic, partition, before).await;
        deleted.map(Some).map_err(|error| broker_rejection(BrokerOp::Delete, error))
    }

    /// The first offset to keep, if deleting is worth it: with `~` whole files are deleted. Where
    /// there are none, many entries are deleted at once, if the topic's settings allow it.
    async fn first_kept_if_worthwhile(
        &mut self,
        topic: &TopicName,
        partition: u32,
        point: TrimPoint,
    ) -> Result<Option<u64>, Rejection> {
        let broker = Arc::clone(self.broker()?);
        let has_files = broker.boundary_below(topic, partition, point.before).is_some();
        let may = has_files || point.exact || self.services.settings.streams.of(topic).trims;
        if point.before == 0 || !may {
            return Ok(None);
        }
        let least = if has_files || point.exact { 1 } else { APPROXIMATE_ENTRIES };
        // Starts only grow: where one was near a moment ago, there is no need to ask Kafka again.
        let known = self.burst.known_start.as_ref().filter(|known| known.is_of(topic, partition));
        if !has_files && known.is_some_and(|known| point.before < known.start + least) {
            return Ok(None);
        }
        let OffsetRange { start, end } =
            broker.offsets(topic, partition).await.map_err(read_rejection)?;
        let asked = Instant::now();
        self.burst.known_start = Some(KnownStart { topic: topic.clone(), partition, start, asked });
        let most = point.limit.map_or(u64::MAX, |limit| start.saturating_add(limit));
        let before = point.before.min(end).min(most);
        if point.exact {
            return Ok((before > start).then_some(before));
        }
        let least = least.min(most - start);
        let before = broker.boundary_below(topic, partition, before).unwrap_or(before);
        Ok((before >= start.saturating_add(least)).then_some(before))
    }
}

impl Keep {
    /// Offset below which `partition`, whose next offset is `end`, has nothing that stays.
    ///
    /// Of several partitions each keeps as many entries as the whole topic should, since none
    /// knows what the others hold; and an id is an offset in its own partition only.
    pub(crate) fn first_kept(self, partition: u32, end: u64, scope: TrimScope) -> u64 {
        match self {
            Self::Newest(most) => end.saturating_sub(most),
            Self::From(id) if scope == TrimScope::OnePartition => {
                id.first_offset(partition).min(end)
            }
            Self::From(id) if id.partition == u64::from(partition) => {
                id.place.saturating_sub(1).min(end)
            }
            Self::From(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_begins_at_an_offset() {
        let id = |place, partition| Keep::From(EntryId { place, partition });
        for (keep, partition, scope, first) in [
            (Keep::Newest(3), 0, TrimScope::OnePartition, 7),
            (Keep::Newest(30), 0, TrimScope::OnePartition, 0),
            (Keep::Newest(0), 2, TrimScope::AllPartitions, 10),
            (id(5, 0), 0, TrimScope::OnePartition, 4),
            (id(5, 7), 0, TrimScope::OnePartition, 5),
            (id(0, 0), 0, TrimScope::OnePartition, 0),
            (id(500, 0), 0, TrimScope::OnePartition, 10),
            (id(5, 1), 1, TrimScope::AllPartitions, 4),
            (id(5, 1), 0, TrimScope::AllPartitions, 0),
        ] {
            assert_eq!(keep.first_kept(partition, 10, scope), first, "{keep:?} {partition}");
        }
    }
}
