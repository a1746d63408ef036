//! The real broker with the changes on top of it.

use std::sync::{Arc, MutexGuard};

use tokio::sync::watch;

use super::{
    effect::Effect,
    state::{AppendedRecords, OverlayState, SharedState, lock},
};
use crate::{
    broker::{Append, Appended, Broker, BrokerError, Fetch, OffsetRange, TopicDetails, TopicInfo},
    message::{Record, StoredRecord, TopicName, TopicPartition},
};

/// A partition without records.
const EMPTY: OffsetRange = OffsetRange { start: 0, end: 0 };

/// A broker for one dry run. Cheap to make.
#[derive(Debug)]
pub struct OverlayBroker {
    pub(super) real: Arc<dyn Broker>,
    pub(super) state: SharedState,
    /// Changes when a record is appended.
    pub(super) appended: watch::Sender<u64>,
}

impl OverlayBroker {
    /// A broker without changes yet, on top of `real`.
    pub fn new(real: Arc<dyn Broker>) -> Self {
        Self { real, state: SharedState::default(), appended: watch::Sender::new(0) }
    }

    /// All changes so far, in order, without those to the gateway's internal topics.
    pub fn effects(&self) -> Vec<Effect> {
        let state = self.state();
        state.effects.iter().filter(|effect| !effect.topic().is_internal()).cloned().collect()
    }

    /// Sets which partitions this gateway has in a group that it is a member of. In other groups it
    /// will be the only member.
    pub fn assign(&self, group: &str, topic: &TopicName, partitions: Vec<u32>) {
        self.state().assigned.insert((group.to_owned(), topic.clone()), partitions.into());
    }

    pub(super) fn state(&self) -> MutexGuard<'_, OverlayState> {
        lock(&self.state)
    }
}

pub(super) fn no_topic<T>(topic: &TopicName) -> Result<T, BrokerError> {
    Err(BrokerError::NoSuchTopic { topic: topic.clone() })
}

/// Which broker has a topic.
pub(super) enum TopicState {
    /// The real broker decides.
    Real,
    /// The dry run created it.
    Created(TopicDetails),
    /// The dry run deleted it.
    Deleted,
}

impl OverlayBroker {
    pub(super) fn topic_state(&self, name: &str) -> TopicState {
        match self.state().topics.get(name) {
            None => TopicState::Real,
            Some(Some(details)) => TopicState::Created(details.clone()),
            Some(None) => TopicState::Deleted,
        }
    }

    pub(super) async fn find(&self, name: &TopicName) -> Result<Option<TopicInfo>, BrokerError> {
        match self.topic_state(name.as_str()) {
            TopicState::Real => self.real.look_up(name).await,
            TopicState::Created(details) => Ok(Some(details.info)),
            TopicState::Deleted => Ok(None),
        }
    }

    pub(super) async fn range(
        &self,
        partition: &TopicPartition,
    ) -> Result<OffsetRange, BrokerError> {
        let &TopicPartition { ref topic, partition: number } = partition;
        let range = match self.topic_state(topic.as_str()) {
            TopicState::Real => self.real.offsets(partition).await?,
            TopicState::Created(details) if number < details.info.partitions => EMPTY,
            TopicState::Created(_) => {
                return Err(BrokerError::NoSuchPartition { partition: partition.clone() });
            }
            TopicState::Deleted => return no_topic(topic),
        };
        Ok(self.state().range(partition, range))
    }

    pub(super) async fn ranges(&self, topic: &TopicName) -> Result<Vec<OffsetRange>, BrokerError> {
        let ranges = match self.topic_state(topic.as_str()) {
            TopicState::Real => self.real.all_offsets(topic).await?,
            TopicState::Created(details) => vec![EMPTY; details.info.partitions as usize],
            TopicState::Deleted => return no_topic(topic),
        };
        let state = self.state();
        let over =
            |(partition, range)| state.range(&TopicPartition::new(topic.clone(), partition), range);
        Ok((0..).zip(ranges).map(over).collect())
    }

    pub(super) async fn offset_at_time(
        &self,
        partition: &TopicPartition,
        timestamp_ms: i64,
    ) -> Result<u64, BrokerError> {
        let topic = &partition.topic;
        let end = match self.topic_state(topic.as_str()) {
            TopicState::Real => self.real.offset_at(partition, timestamp_ms).await?,
            TopicState::Created(_) => 0,
            TopicState::Deleted => return no_topic(topic),
        };
        let Some(AppendedRecords { base, records }) = self.state().tail(partition) else {
            return Ok(end);
        };
        if end < base {
            return Ok(end);
        }
        let is_later = |record: &Record| record.timestamp_ms >= timestamp_ms;
        let nth = records.iter().position(is_later).unwrap_or(records.len());
        Ok(base + nth as u64)
    }

    /// Appends records on top.
    pub(super) async fn store(&self, append: Append) -> Result<Appended, BrokerError> {
        let Append { partition, records, expected_offset } = append;
        if self.find(&partition.topic).await?.is_none() {
            return no_topic(&partition.topic);
        }
        if records.is_empty() {
            let reason = "an append must have at least one record".to_owned();
            return Err(BrokerError::Refused { reason });
        }
        let OffsetRange { end: next, .. } = self.range(&partition).await?;
        match expected_offset {
            Some(_) if !self.real.expects_offsets() => {
                let reason = "this broker gives offsets itself".to_owned();
                return Err(BrokerError::Refused { reason });
            }
            Some(expected) if expected != next => {
                return Err(BrokerError::NotNext { partition, expected, next });
            }
            _ => {}
        }
        let base = self.state().append(partition, next, records);
        self.appended.send_modify(|count| *count += 1);
        Ok(Appended::run(base))
    }

    /// Reads records; with `below` as [`Broker::fetch_below`].
    pub(super) async fn read(
        &self,
        mut fetch: Fetch,
        below: Option<u64>,
    ) -> Result<Option<Vec<StoredRecord>>, BrokerError> {
        let partition = fetch.partition.clone();
        let tail = self.state().tail(&partition);
        fetch.from = self.state().range(&partition, EMPTY).start.max(fetch.from);
        let base = tail.as_ref().map_or(u64::MAX, |tail| tail.base);
        let on_top = tail.map(|tail| tail.read(&fetch)).unwrap_or_default();
        if fetch.from >= base {
            return Ok(Some(on_top));
        }
        match self.topic_state(fetch.partition.topic.as_str()) {
            TopicState::Real => {}
            TopicState::Created(_) => return Ok(Some(on_top)),
            TopicState::Deleted => return no_topic(&fetch.partition.topic),
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
