//! Trimming: XTRIM, and XADD with MAXLEN or MINID.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::Context;
use crate::{
    broker::OffsetRange,
    command::{self, StreamKey, Trim},
    message::{Receipt, Rejection, TopicName},
    pipeline::{BrokerOp, broker_rejection, read_rejection},
    resp::Args,
};

/// Where the broker has no files of its own, `~` deletes when so many entries have to go.
const APPROXIMATE_ENTRIES: u64 = 100;

/// For so long a start that was asked for is believed: the topic may be deleted and made anew.
const KNOWN_FOR: Duration = Duration::from_secs(1);

/// What to delete when an entry is stored.
#[derive(Debug)]
pub(crate) struct TrimAfter {
    topic: TopicName,
    trim: Trim,
    /// The key stands for a single partition.
    is_alone: bool,
}

/// What has to go after a burst: for each partition, once.
#[derive(Debug, Default)]
pub(crate) struct Cuts(HashMap<(TopicName, u32), Cut>);

/// Records below an offset that have to go.
#[derive(Clone, Copy, Debug)]
struct Cut {
    before: u64,
    exact: bool,
    limit: Option<u64>,
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

impl Cuts {
    pub(crate) fn add(&mut self, after: &TrimAfter, receipt: &Receipt) {
        // Where a router sent it elsewhere, the client did not mean that topic.
        if receipt.topic != after.topic {
            return;
        }
        let Trim { keep, exact, limit } = after.trim;
        let before = keep.first_kept(receipt.partition, receipt.offset + 1, after.is_alone);
        let place = (receipt.topic.clone(), receipt.partition);
        let cut = self.0.entry(place).or_insert(Cut { before, exact, limit });
        if before >= cut.before {
            *cut = Cut { before, exact: exact || cut.exact, limit };
        }
    }
}

impl Context {
    /// What trimming an XADD to `key` asks for.
    ///
    /// # Errors
    /// Exact trimming of several partitions.
    pub(crate) fn trim_after(&self, key: &StreamKey, trim: Trim) -> Result<TrimAfter, Rejection> {
        let is_alone = self.is_alone(key, trim)?;
        Ok(TrimAfter { topic: key.topic.clone(), trim, is_alone })
    }

    /// True if the key stands for a single partition, which exact trimming needs.
    fn is_alone(&self, key: &StreamKey, trim: Trim) -> Result<bool, Rejection> {
        let is_alone = key.partition.is_some() || self.partitions_of(&key.topic)? == 1;
        if trim.exact && !is_alone {
            return Err(Rejection::err(format!(
                "topic `{0}` has several partitions and is trimmed with ~ only, or one by one, as \
                 `{0}:0`",
                key.topic
            )));
        }
        Ok(is_alone)
    }

    /// Deletes what has to go. The entries are stored: if this fails, later ones try again.
    pub(crate) async fn cut_all(&mut self, cuts: Cuts) {
        for ((topic, partition), cut) in cuts.0 {
            // What went wrong is in the log.
            let _ = self.cut(&topic, partition, cut).await;
        }
    }

    pub(crate) async fn xtrim(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let (key, trim) = command::trim(args)?;
        self.check_publish(&key.topic)?;
        let Some(topic) = self.find_topic(&key.topic).await? else {
            self.replies.integer(0);
            return Ok(());
        };
        let is_alone = self.is_alone(&key, trim)?;
        let ranges = self.broker()?.all_offsets(&topic.name).await.map_err(read_rejection)?;
        let mut gone = 0;
        for (partition, OffsetRange { start, end }) in (0..).zip(ranges) {
            if key.partition.is_some_and(|named| named != partition) {
                continue;
            }
            let before = trim.keep.first_kept(partition, end, is_alone);
            let cut = Cut { before, exact: trim.exact, limit: trim.limit };
            if before > start
                && let Some(new_start) = self.cut(&topic.name, partition, cut).await?
            {
                gone += new_start.saturating_sub(start);
            }
        }
        self.replies.integer(i64::try_from(gone).unwrap_or(i64::MAX));
        Ok(())
    }

    /// Deletes records of a partition; answers where it starts then, `None` if nothing was done.
    async fn cut(
        &mut self,
        topic: &TopicName,
        partition: u32,
        cut: Cut,
    ) -> Result<Option<u64>, Rejection> {
        let Some(before) = self.worth_cutting(topic, partition, cut).await? else {
            return Ok(None);
        };
        let deleted = self.broker()?.delete_records(topic, partition, before).await;
        deleted.map(Some).map_err(|error| broker_rejection(BrokerOp::Delete, error))
    }

    /// Where to cut, if it is worth it: with `~` whole files go, and where there are none, many
    /// entries at once, if the topic's settings allow it.
    async fn worth_cutting(
        &mut self,
        topic: &TopicName,
        partition: u32,
        cut: Cut,
    ) -> Result<Option<u64>, Rejection> {
        let broker = Arc::clone(self.broker()?);
        let has_files = broker.boundary_below(topic, partition, cut.before).is_some();
        let may = has_files || cut.exact || self.services.settings.streams.of(topic).trims;
        if cut.before == 0 || !may {
            return Ok(None);
        }
        let least = if has_files || cut.exact { 1 } else { APPROXIMATE_ENTRIES };
        // Starts only grow: where one was near a moment ago, there is no need to ask Kafka again.
        let known = self.burst.known_start.as_ref().filter(|known| known.is_of(topic, partition));
        if !has_files && known.is_some_and(|known| cut.before < known.start + least) {
            return Ok(None);
        }
        let OffsetRange { start, end } =
            broker.offsets(topic, partition).await.map_err(read_rejection)?;
        let asked = Instant::now();
        self.burst.known_start = Some(KnownStart { topic: topic.clone(), partition, start, asked });
        let most = cut.limit.map_or(u64::MAX, |limit| start.saturating_add(limit));
        let before = cut.before.min(end).min(most);
        if cut.exact {
            return Ok((before > start).then_some(before));
        }
        let least = least.min(most - start);
        let before = broker.boundary_below(topic, partition, before).unwrap_or(before);
        Ok((before >= start.saturating_add(least)).then_some(before))
    }
}
