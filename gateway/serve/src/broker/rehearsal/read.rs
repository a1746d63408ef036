//! What is there, and what lies on top of it, as one.

use super::{Rehearsal, changes::Tail, no_topic};
use crate::{
    broker::{Append, Appended, BrokerError, Fetch, OffsetRange, TopicDetails, TopicInfo},
    message::{StoredRecord, TopicName},
};

/// How a topic is known.
pub(super) enum Known {
    /// As the real broker has it.
    Really,
    /// It was made here.
    Made(TopicDetails),
    /// It was deleted here.
    Gone,
}

impl Rehearsal {
    pub(super) fn known(&self, name: &str) -> Known {
        match self.changes().topics.get(name) {
            None => Known::Really,
            Some(Some(details)) => Known::Made(details.clone()),
            Some(None) => Known::Gone,
        }
    }

    pub(super) async fn find(&self, name: &TopicName) -> Result<Option<TopicInfo>, BrokerError> {
        match self.known(name.as_str()) {
            Known::Really => self.real.look_up(name).await,
            Known::Made(details) => Ok(Some(details.info)),
            Known::Gone => Ok(None),
        }
    }

    pub(super) async fn range(
        &self,
        topic: &TopicName,
        partition: u32,
    ) -> Result<OffsetRange, BrokerError> {
        let range = match self.known(topic.as_str()) {
            Known::Really => self.real.offsets(topic, partition).await?,
            Known::Made(details) if partition < details.info.partitions => EMPTY,
            Known::Made(_) => {
                return Err(BrokerError::NoSuchPartition { topic: topic.clone(), partition });
            }
            Known::Gone => return no_topic(topic),
        };
        Ok(self.changes().over(topic, partition, range))
    }

    pub(super) async fn ranges(&self, topic: &TopicName) -> Result<Vec<OffsetRange>, BrokerError> {
        let ranges = match self.known(topic.as_str()) {
            Known::Really => self.real.all_offsets(topic).await?,
            Known::Made(details) => vec![EMPTY; details.info.partitions as usize],
            Known::Gone => return no_topic(topic),
        };
        let changes = self.changes();
        let ranges = (0..).zip(ranges);
        Ok(ranges.map(|(partition, range)| changes.over(topic, partition, range)).collect())
    }

    pub(super) async fn time(
        &self,
        topic: &TopicName,
        partition: u32,
        timestamp_ms: i64,
    ) -> Result<u64, BrokerError> {
        let end = match self.known(topic.as_str()) {
            Known::Really => self.real.offset_at(topic, partition, timestamp_ms).await?,
            Known::Made(_) => 0,
            Known::Gone => return no_topic(topic),
        };
        let Some(Tail { base, records }) = self.changes().tail(topic, partition) else {
            return Ok(end);
        };
        if end < base {
            return Ok(end);
        }
        let is_later = |record: &crate::message::Record| record.timestamp_ms >= timestamp_ms;
        let nth = records.iter().position(is_later).unwrap_or(records.len());
        Ok(base + nth as u64)
    }

    /// Adds an append on top.
    pub(super) async fn store(&self, append: Append) -> Result<Appended, BrokerError> {
        let Append { topic, partition, records, expected_offset } = append;
        if self.find(&topic).await?.is_none() {
            return no_topic(&topic);
        }
        if records.is_empty() {
            let reason = "an append must have at least one record".to_owned();
            return Err(BrokerError::Refused { reason });
        }
        let OffsetRange { end: next, .. } = self.range(&topic, partition).await?;
        match expected_offset {
            Some(_) if !self.real.expects_offsets() => {
                let reason = "this broker gives offsets itself".to_owned();
                return Err(BrokerError::Refused { reason });
            }
            Some(expected) if expected != next => {
                return Err(BrokerError::NotNext { topic, expected, next });
            }
            _ => {}
        }
        let base = self.changes().append((&topic, partition), next, records);
        self.news.send_modify(|news| *news += 1);
        Ok(Appended::run(base))
    }

    /// Reads records; with `below` as [`Broker::fetch_below`](crate::broker::Broker::fetch_below).
    pub(super) async fn read(
        &self,
        mut fetch: Fetch,
        below: Option<u64>,
    ) -> Result<Option<Vec<StoredRecord>>, BrokerError> {
        let tail = self.changes().tail(&fetch.topic, fetch.partition);
        fetch.from =
            self.changes().over(&fetch.topic, fetch.partition, EMPTY).start.max(fetch.from);
        let base = tail.as_ref().map_or(u64::MAX, |tail| tail.base);
        let on_top = tail.map(|tail| tail.read(&fetch)).unwrap_or_default();
        if fetch.from >= base {
            return Ok(Some(on_top));
        }
        match self.known(fetch.topic.as_str()) {
            Known::Really => {}
            Known::Made(_) => return Ok(Some(on_top)),
            Known::Gone => return no_topic(&fetch.topic),
        }
        let found = match below {
            None => Some(self.real.fetch(fetch).await?),
            Some(end) => self.real.fetch_below(fetch, end.min(base)).await?,
        };
        let Some(mut found) = found else { return Ok(None) };
        found.retain(|stored| stored.offset < base);
        let is_all = found.is_empty() && below.is_some_and(|end| end > base);
        Ok(Some(if is_all { on_top } else { found }))
    }
}

/// A partition without records.
const EMPTY: OffsetRange = OffsetRange { start: 0, end: 0 };
