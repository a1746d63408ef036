//! XRANGE and XREVRANGE: what lies between two ids, from either end.

use std::collections::VecDeque;

use super::{Context, streams::FETCH_RECORDS};
use crate::{
    broker::TopicInfo,
    command::{self, EntryId},
    message::{PartitionOffset, Rejection, StoredRecord, TopicName},
    order::{OffsetRun, OrderRange, RangeBound, StreamRange},
    pipeline::read_rejection,
    resp::Args,
};

/// Offsets looked at together on the way back, at least: many hold nothing that is shown.
const WINDOW_MIN: usize = 16;
/// And at most, where windows before held nothing.
const WINDOW_MAX: u64 = 100_000;

/// An entry and its partition.
pub(crate) type Placed = (u32, StoredRecord);

impl Context {
    pub(crate) async fn xrange(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        self.answer_range(&command::range(args)?, false).await
    }

    pub(crate) async fn xrevrange(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        self.answer_range(&command::reverse_range(args)?, true).await
    }

    async fn answer_range(
        &mut self,
        asked: &command::Range,
        is_reverse: bool,
    ) -> Result<(), Rejection> {
        let Some((topic, partition)) = self.stream(&asked.key).await? else {
            self.replies.array(0);
            return Ok(());
        };
        let most = asked.count.unwrap_or(usize::MAX);
        if most == 0 {
            self.replies.null_array();
            return Ok(());
        }
        let entries = match self.between(&topic, partition, asked).await? {
            None => Vec::new(),
            Some(range) if is_reverse => self.backwards(&topic.name, range, most).await?,
            Some(range) => self.forwards(&topic.name, range, most).await?,
        };
        self.replies.array(entries.len());
        entries.iter().for_each(|(partition, stored)| self.send_entry(*partition, stored));
        Ok(())
    }

    /// What lies between two ids of a topic, or of a partition of it.
    pub(crate) async fn between(
        &self,
        topic: &TopicInfo,
        partition: Option<u32>,
        asked: &command::Range,
    ) -> Result<Option<StreamRange>, Rejection> {
        match partition {
            Some(partition) => self.one(topic, partition, asked).await,
            None => self.many(topic, asked).await,
        }
    }

    async fn one(
        &self,
        topic: &TopicInfo,
        partition: u32,
        asked: &command::Range,
    ) -> Result<Option<StreamRange>, Rejection> {
        let command::Range { start, end, .. } = asked;
        let (before, behind) = (EntryId::first_offset, EntryId::offset_after);
        let low = (if asked.start_excluded { behind } else { before })(*start, partition);
        let high = (if asked.end_excluded { before } else { behind })(*end, partition);
        let ends = self.ends(&topic.name).await?;
        let Some(there) = ends.get(partition as usize) else { return Ok(None) };
        let (from, end) = (low.max(there.start), high.min(there.end));
        Ok((from < end).then_some(StreamRange::Partition(OffsetRun {
            partition,
            from,
            end: Some(end),
        })))
    }

    async fn many(
        &self,
        topic: &TopicInfo,
        asked: &command::Range,
    ) -> Result<Option<StreamRange>, Rejection> {
        let last = topic.partitions.saturating_sub(1);
        let place = |id: EntryId| {
            // A number alone stands for all partitions.
            let partition = u32::try_from(id.partition).unwrap_or(u32::MAX).min(last);
            id.place.checked_sub(1).map(|offset| PartitionOffset::new(partition, offset))
        };
        let low = match place(asked.start) {
            None => RangeBound::Start,
            Some(record) if asked.start_excluded => RangeBound::After(record),
            Some(record) => RangeBound::Before(record),
        };
        let high = match place(asked.end) {
            None => return Ok(None),
            Some(_) if asked.end == EntryId::LAST => RangeBound::End,
            Some(record) if asked.end_excluded => RangeBound::Before(record),
            Some(record) => RangeBound::After(record),
        };
        let range = OrderRange::between(self.order(&topic.name)?, low, high).await;
        Ok(range.map_err(read_rejection)?.map(StreamRange::Order))
    }

    /// The first entries of a range.
    pub(crate) async fn forwards(
        &self,
        topic: &TopicName,
        mut range: StreamRange,
        most: usize,
    ) -> Result<Vec<Placed>, Rejection> {
        let (mut entries, mut bytes) = (Vec::new(), 0);
        while entries.len() < most {
            let Some(run) = range.first().await.map_err(read_rejection)? else { break };
            let limit = (most - entries.len()).min(FETCH_RECORDS);
            let fetched = self.fetch_run(topic, run, limit).await?;
            for stored in fetched.shown {
                bytes += self.check_reply(&stored, bytes)?;
                entries.push((run.partition, stored));
            }
            if let Some(failure) = fetched.failure {
                return Err(failure);
            }
            let Some(next) = fetched.next else { break };
            range.drop_first(next);
        }
        Ok(entries)
    }

    /// The last entries of a range, the last one first: read in windows, from its end on.
    pub(crate) async fn backwards(
        &self,
        topic: &TopicName,
        mut range: StreamRange,
        most: usize,
    ) -> Result<Vec<Placed>, Rejection> {
        let (mut entries, mut bytes): (Vec<Placed>, usize) = (Vec::new(), 0);
        let smallest = most.clamp(WINDOW_MIN, FETCH_RECORDS) as u64;
        let mut window = smallest;
        while entries.len() < most {
            let Some(run) = range.last().await.map_err(read_rejection)? else { break };
            let from = run.from.max(run.end.unwrap_or(run.from).saturating_sub(window));
            let found = self.window(topic, OffsetRun { from, ..run }, most - entries.len()).await?;
            window = if found.is_empty() { (2 * window).min(WINDOW_MAX) } else { smallest };
            for stored in found.into_iter().rev() {
                bytes += self.check_reply(&stored, bytes)?;
                entries.push((run.partition, stored));
            }
            range.drop_last(from);
        }
        Ok(entries)
    }

    /// The last entries of a run, in order, of which no more is held than a reply may take.
    async fn window(
        &self,
        topic: &TopicName,
        mut run: OffsetRun,
        most: usize,
    ) -> Result<VecDeque<StoredRecord>, Rejection> {
        let mut found: VecDeque<StoredRecord> = VecDeque::new();
        let mut bytes = 0;
        while run.end.is_some_and(|end| run.from < end) {
            let fetched = self.fetch_run(topic, run, FETCH_RECORDS).await?;
            for stored in fetched.shown {
                bytes += Self::reply_bytes(&stored);
                found.push_back(stored);
                // One more than a reply takes: whether it is wanted is seen when it is counted.
                let is_over = |found: &VecDeque<StoredRecord>, bytes: usize| {
                    let first = found.front().map_or(0, Self::reply_bytes);
                    bytes - first > self.services.settings.output_bytes_max
                };
                while found.len() > most || is_over(&found, bytes) {
                    bytes -= found.pop_front().as_ref().map_or(0, Self::reply_bytes);
                }
            }
            if let Some(failure) = fetched.failure {
                return Err(failure);
            }
            let Some(next) = fetched.next else { break };
            run.from = next;
        }
        Ok(found)
    }
}
