//! Topics as Redis streams: XLEN, XRANGE, and how entries are fetched and sent.

use super::Session;
use crate::{
    broker::{Fetch, OffsetRange, TopicInfo},
    command::{self, Entry, EntryId, IdText, StreamKey},
    message::{Rejection, StoredRecord, TopicName},
    pipeline::read_refusal,
    resp::Args,
};

/// Records fetched at a time.
pub(super) const FETCH_RECORDS: usize = 1_000;
/// Payload bytes fetched at a time.
pub(super) const FETCH_BYTES: usize = 1024 * 1024;
impl Session {
    pub(super) async fn xlen(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let key = command::stream_key(&args[1])?;
        self.check_consume(&key.topic)?;
        let mut length = 0;
        if let Some(topic) = self.find_topic(&key.topic).await? {
            let all = 0..topic.partitions;
            for partition in all.filter(|at| key.partition.is_none_or(|named| named == *at)) {
                let OffsetRange { start, end } = self.offsets(&topic.name, partition).await?;
                length += end - start;
            }
        }
        self.replies.integer(i64::try_from(length).unwrap_or(i64::MAX));
        Ok(())
    }

    pub(super) async fn offsets(
        &self,
        topic: &TopicName,
        partition: u32,
    ) -> Result<OffsetRange, Rejection> {
        let broker = self.broker()?;
        broker.offsets(topic, partition).await.map_err(read_refusal)
    }

    /// The one partition a key is about; `None` if there is no such topic.
    pub(super) async fn partition(
        &self,
        key: &StreamKey,
    ) -> Result<Option<(TopicInfo, u32)>, Rejection> {
        self.check_consume(&key.topic)?;
        let Some(topic) = self.find_topic(&key.topic).await? else {
            return Ok(None);
        };
        match key.partition {
            Some(partition) if partition < topic.partitions => Ok(Some((topic, partition))),
            Some(partition) => Err(Rejection::err(format!(
                "topic `{}` has no partition {partition}, it has {}",
                topic.name, topic.partitions
            ))),
            None if topic.partitions == 1 => Ok(Some((topic, 0))),
            None => Err(Rejection::err(format!(
                "topic `{0}` has {1} partitions: read one of them, as `{0}:0` to `{0}:{2}`",
                topic.name,
                topic.partitions,
                topic.partitions - 1
            ))),
        }
    }

    pub(super) async fn xrange(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let range = command::range(args)?;
        let Some((topic, partition)) = self.partition(&range.key).await? else {
            self.replies.array(0);
            return Ok(());
        };
        let mut next = if range.start_excluded {
            range.start.offset_after(partition)
        } else {
            range.start.first_offset(partition)
        };
        let within = |stored: &StoredRecord| {
            let id = EntryId::of(partition, stored.offset);
            id < range.end || (id == range.end && !range.end_excluded)
        };
        let most = range.count.unwrap_or(usize::MAX);
        let (mut entries, mut bytes) = (Vec::new(), 0);
        while entries.len() < most {
            let limit = (most - entries.len()).min(FETCH_RECORDS);
            let (shown, behind, failure) = self.fetch(&topic.name, partition, next, limit).await?;
            if let Some(failure) = failure {
                return Err(failure);
            }
            let Some(behind) = behind else { break };
            next = behind;
            let ended = EntryId::of(partition, behind) > range.end;
            let wanted = shown.into_iter().filter(within);
            for stored in wanted {
                bytes += self.check_reply(&stored, bytes)?;
                entries.push(stored);
            }
            if ended {
                break;
            }
        }
        entries.truncate(most);
        self.send_entries(partition, &entries);
        Ok(())
    }

    pub(super) async fn xrevrange(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    /// Bytes a record takes in a reply.
    ///
    /// # Errors
    /// The reply would be too long.
    pub(super) fn check_reply(
        &self,
        stored: &StoredRecord,
        so_far: usize,
    ) -> Result<usize, Rejection> {
        let headers: usize = stored.record.headers.iter().map(|(name, _)| name.len() + 32).sum();
        let bytes = stored.record.payload_len() + headers + 64;
        if so_far + bytes <= self.services.settings.output_bytes_max {
            return Ok(bytes);
        }
        Err(Rejection::err("the reply would be over the output limit: ask for less with COUNT"))
    }

    /// Fetches records and takes them through the chain: what is shown, where to go on (`None` at
    /// the end), and what failed there.
    pub(super) async fn fetch(
        &self,
        topic: &TopicName,
        partition: u32,
        from: u64,
        records_max: usize,
    ) -> Result<(Vec<StoredRecord>, Option<u64>, Option<Rejection>), Rejection> {
        let pipeline = &self.services.pipeline;
        let bytes_max = FETCH_BYTES;
        let fetch = Fetch { topic: topic.clone(), partition, from, records_max, bytes_max };
        let records = self.broker()?.fetch(fetch).await.map_err(read_refusal)?;
        let context = self.identity()?.context();
        let chain = pipeline.chain();
        let consumed = pipeline.consume(&chain, &context, (topic, partition), records);
        Ok((consumed.shown, consumed.next, consumed.failure))
    }

    pub(super) fn send_entries(&mut self, partition: u32, entries: &[StoredRecord]) {
        self.replies.array(entries.len());
        entries.iter().for_each(|stored| self.send_entry(partition, stored));
    }

    pub(super) fn send_entry(&mut self, partition: u32, stored: &StoredRecord) {
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
