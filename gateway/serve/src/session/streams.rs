//! Topics as Redis streams: XLEN, what keys are about, and how entries are fetched and sent.

use std::sync::Arc;

use super::Context;
use crate::{
    broker::{Fetch, OffsetRange, TopicInfo},
    command::{self, Entry, EntryId, IdText, StreamKey},
    message::{Rejection, StoredRecord, TopicName},
    order::{Ends, OffsetRun, Sequencer},
    pipeline::{Consumed, read_rejection},
    resp::Args,
};

/// Records fetched at a time.
pub(crate) const FETCH_RECORDS: usize = 1_000;
/// Payload bytes fetched at a time.
pub(crate) const FETCH_BYTES: usize = 1024 * 1024;

/// What a fetch brought.
#[derive(Debug, Default)]
pub(crate) struct Fetched {
    /// What the client gets.
    pub(crate) shown: Vec<StoredRecord>,
    /// Where to go on; `None` if nothing more is there yet, or the first record failed.
    pub(crate) next: Option<u64>,
    /// What failed at `next`.
    pub(crate) failure: Option<Rejection>,
}

impl Context {
    pub(crate) async fn xlen(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let key = command::stream_key(&args[1])?;
        let mut length = 0;
        if let Some((topic, named)) = self.stream(&key).await? {
            let ends = self.ends(&topic.name).await?;
            let all = (0..topic.partitions).zip(ends.iter());
            let wanted = all.filter(|(partition, _)| named.is_none_or(|named| named == *partition));
            length = wanted.map(|(_, range)| range.end - range.start).sum();
        }
        self.replies.integer(i64::try_from(length).unwrap_or(i64::MAX));
        Ok(())
    }

    /// First and next offset of every partition; all who ask at once share an answer.
    pub(crate) async fn ends(&self, topic: &TopicName) -> Result<Ends, Rejection> {
        let cluster = &self.identity()?.cluster;
        self.services.orders.ends(cluster, topic).await.map_err(read_rejection)
    }

    /// The order over all partitions of a topic.
    pub(crate) fn order(&self, topic: &TopicName) -> Result<Arc<Sequencer>, Rejection> {
        self.services.orders.of(&self.identity()?.cluster, topic)
    }

    /// The topic that a key is about, and the partition if it is about one; `None` if there is no
    /// such topic.
    pub(crate) async fn stream(
        &self,
        key: &StreamKey,
    ) -> Result<Option<(TopicInfo, Option<u32>)>, Rejection> {
        self.check_consume(&key.topic)?;
        let Some(topic) = self.find_topic(&key.topic).await? else {
            return Ok(None);
        };
        match key.partition {
            Some(partition) if partition >= topic.partitions => {
                Err(no_partition(&topic, u64::from(partition)))
            }
            None if topic.partitions == 1 => Ok(Some((topic, Some(0)))),
            named => Ok(Some((topic, named))),
        }
    }

    pub(crate) async fn offsets(
        &self,
        topic: &TopicName,
        partition: u32,
    ) -> Result<OffsetRange, Rejection> {
        let broker = self.broker()?;
        broker.offsets(topic, partition).await.map_err(read_rejection)
    }

    /// Bytes a record takes in a reply, roughly.
    pub(crate) fn reply_bytes(stored: &StoredRecord) -> usize {
        let headers: usize = stored.record.headers.iter().map(|(name, _)| name.len() + 32).sum();
        stored.record.payload_len() + headers + 64
    }

    /// Bytes a record takes in a reply that has `so_far` already.
    ///
    /// # Errors
    /// The reply would be too long.
    pub(crate) fn check_reply(
        &self,
        stored: &StoredRecord,
        so_far: usize,
    ) -> Result<usize, Rejection> {
        let bytes = Self::reply_bytes(stored);
        if so_far + bytes <= self.services.settings.output_bytes_max {
            return Ok(bytes);
        }
        Err(Rejection::err("the reply would be over the output limit: ask for less with COUNT"))
    }

    /// Fetches entries of a run: what is shown, where to go on (`None` at the end), and what failed
    /// there.
    pub(crate) async fn fetch_run(
        &self,
        topic: &TopicName,
        run: OffsetRun,
        records_max: usize,
    ) -> Result<Fetched, Rejection> {
        let mut fetched = self.fetch_records(topic, run, records_max).await?;
        self.services.settings.streams.of(topic).restore_all(&mut fetched.shown);
        Ok(fetched)
    }

    /// Fetches records as they lie and takes them through the chain.
    pub(crate) async fn fetch_records(
        &self,
        topic: &TopicName,
        run: OffsetRun,
        records_max: usize,
    ) -> Result<Fetched, Rejection> {
        let OffsetRun { partition, from, end } = run;
        let bytes_max = FETCH_BYTES;
        let fetch = Fetch { topic: topic.clone(), partition, from, records_max, bytes_max };
        let broker = self.broker()?;
        let records = match end {
            None => broker.fetch(fetch).await.map_err(read_rejection)?,
            Some(end) => {
                let found = broker.fetch_below(fetch, end).await.map_err(read_rejection)?;
                let Some(mut records) = found else { return Ok(Fetched::default()) };
                records.truncate(records.partition_point(|stored| stored.offset < end));
                if records.is_empty() {
                    return Ok(Fetched { next: Some(end), ..Fetched::default() });
                }
                records
            }
        };
        let pipeline = &self.services.pipeline;
        let context = self.identity()?.context(self.services.clock);
        let chain = pipeline.chain();
        let consumed = pipeline.consume(&chain, &context, (topic, partition), records);
        let Consumed { shown, next, failure } = consumed;
        Ok(Fetched { shown, next, failure })
    }

    pub(crate) fn send_entry(&mut self, partition: u32, stored: &StoredRecord) {
        self.replies.array(2);
        let id = IdText::from(EntryId::of(partition, stored.offset));
        self.replies.bulk(id.as_bytes());
        match command::entry_of(&stored.record) {
            Entry::Fields(value, ranges) => {
                self.replies.array(ranges.len());
                ranges.into_iter().for_each(|range| self.replies.bulk(&value[range]));
            }
            Entry::Record(pairs) => {
                self.replies.array(2 * pairs.len());
                for (name, value) in pairs {
                    self.replies.bulk(&name);
                    self.replies.bulk(&value);
                }
            }
        }
    }
}

/// A partition that a topic does not have.
pub(crate) fn no_partition(topic: &TopicInfo, partition: u64) -> Rejection {
    Rejection::err(format!(
        "topic `{}` has no partition {partition}, it has {}",
        topic.name, topic.partitions
    ))
}
