//! A consumer at one offset of one partition, with the records that it fetched beyond.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use krafka::{
    Kafka, KrafkaError,
    admin::{self, ListOffsetsOptions, ListedOffset, OffsetSpec},
};
use tokio::time::{self, Instant as Deadline};

use crate::{
    broker::{
        BrokerError, Fetch, OffsetRange,
        kafka::{
            convert::{offset_from_kafka, offset_to_kafka, partition_to_kafka, record_from_kafka},
            error,
            read::{standalone::StandaloneConsumer, tail::FetchLimits},
        },
    },
    message::{Record, StoredRecord, TopicName, TopicPartition},
};

/// Fetches do not wait: existing records come at once, and other requests share the connection.
const WAIT: Duration = Duration::from_millis(1);

/// Bytes of one fetch; larger records come one by one.
const FETCH_BYTES: usize = 4 << 20;

/// Pause before another attempt.
const PAUSE: Duration = Duration::from_millis(50);

/// A topic that was just created is unknown to some brokers for so long.
const UNKNOWN_FOR: Duration = Duration::from_secs(1);

/// The result of a read.
#[derive(Debug)]
pub(in super::super) enum ColdRead {
    /// At least one record.
    Records(Vec<StoredRecord>),
    /// No records from the offset on: the partition ends at this offset.
    End(u64),
}

/// A partition, with the name of its topic in Kafka.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KafkaTarget {
    pub(super) partition: TopicPartition,
    pub(super) topic: String,
}

impl KafkaTarget {
    fn id(&self) -> i32 {
        partition_to_kafka(self.partition.partition)
    }
}

/// A consumer with its position.
#[derive(Debug)]
pub(super) struct ColdReader {
    consumer: StandaloneConsumer,
    /// The partition it is assigned to.
    at: Option<KafkaTarget>,
    /// Offset after the last returned record.
    next: u64,
    /// Records that were fetched and not returned.
    rest: VecDeque<StoredRecord>,
    used: Instant,
    /// Since when Kafka does not know its topic.
    unknown: Option<Instant>,
}

/// A result, or the reason to try again.
type Tried<T> = Result<Result<T, String>, BrokerError>;

impl ColdReader {
    /// A reader without a partition yet.
    pub(super) async fn open(kafka: &Kafka) -> Result<Self, KrafkaError> {
        let consumer = StandaloneConsumer::new(kafka, WAIT, FETCH_BYTES).await?;
        let (rest, used) = (VecDeque::new(), Instant::now());
        Ok(Self { consumer, at: None, next: 0, rest, used, unknown: None })
    }

    /// When it was last used.
    pub(super) fn used(&self) -> Instant {
        self.used
    }

    /// True if it reads a partition of `topic`.
    pub(super) fn is_in(&self, topic: &TopicName) -> bool {
        self.at.as_ref().is_some_and(|at| at.partition.topic == *topic)
    }

    /// True if it can continue at `from` of a partition with the records it has.
    pub(super) fn is_at(&self, partition: &TopicPartition, from: u64) -> bool {
        let last = self.rest.back().map_or(self.next, |stored| stored.offset);
        let here = self.at.as_ref().is_some_and(|at| at.partition == *partition);
        here && (self.next..=last).contains(&from)
    }

    /// Reads from `fetch.from` on, or returns why it has to be tried again.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Corrupt`: trying again would not help.
    pub(super) async fn read(
        &mut self,
        kafka: &Kafka,
        target: &KafkaTarget,
        fetch: &Fetch,
        deadline: Deadline,
    ) -> Tried<ColdRead> {
        let tried = self.try_read(kafka, target, fetch, deadline).await;
        let again = match tried {
            Ok(Ok(found)) => return Ok(Ok(found)),
            Ok(Err(reason)) => Ok(reason),
            Err(error) => self.judge(&error, &target.partition),
        };
        // The client waits longer and longer after errors; a new start does not.
        self.at = None;
        time::sleep(PAUSE).await;
        again.map(Err)
    }

    async fn try_read(
        &mut self,
        kafka: &Kafka,
        target: &KafkaTarget,
        fetch: &Fetch,
        deadline: Deadline,
    ) -> Result<Result<ColdRead, String>, KrafkaError> {
        if !self.is_at(&target.partition, fetch.from) {
            self.seek(target, fetch.from).await?;
        }
        self.used = Instant::now();
        let mut stalled = false;
        loop {
            while self.rest.front().is_some_and(|stored| stored.offset < fetch.from) {
                self.rest.pop_front();
            }
            if !self.rest.is_empty() {
                return Ok(Ok(ColdRead::Records(self.take_records(fetch))));
            }
            let before = self.position().await;
            match self.consumer.poll(WAIT).await {
                Ok(records) => self.rest.extend(records.into_iter().map(record_from_kafka)),
                Err(KrafkaError::NoOffset { .. }) => {
                    let OffsetRange { start, end } = self.range(kafka, deadline).await?;
                    if fetch.from >= end {
                        return Ok(Ok(ColdRead::End(end)));
                    }
                    self.move_to(start.max(fetch.from)).await?;
                    continue;
                }
                Err(error) => return Err(error),
            }
            if !self.rest.is_empty() {
                continue;
            }
            let OffsetRange { end, .. } = self.range(kafka, deadline).await?;
            match self.position().await {
                Some(position) if position >= end => return Ok(Ok(ColdRead::End(position))),
                // It passed offsets without readable records.
                position if position > before => stalled = false,
                // The records may have come between the two requests.
                _ if !std::mem::replace(&mut stalled, true) => {}
                _ => return Ok(Err("records that are there did not come".to_owned())),
            }
        }
    }

    fn take_records(&mut self, fetch: &Fetch) -> Vec<StoredRecord> {
        let mut limits = FetchLimits::of(fetch);
        let more = |record: &Record| limits.take(record);
        let last = self.rest.iter().map(|stored| &stored.record).map(more).position(|more| !more);
        let count = last.map_or(self.rest.len(), |last| last + 1);
        let given: Vec<_> = self.rest.drain(..count).collect();
        self.next = given.last().map_or(self.next, |stored| stored.offset + 1);
        given
    }

    async fn seek(&mut self, target: &KafkaTarget, to: u64) -> Result<(), KrafkaError> {
        self.rest.clear();
        if let Some(old) = self.at.take().filter(|old| old.topic != target.topic) {
            self.consumer.assign(&old.topic, Vec::new()).await?;
        }
        self.consumer.assign(&target.topic, vec![target.id()]).await?;
        self.at = Some(target.clone());
        self.move_to(to).await
    }

    async fn move_to(&mut self, to: u64) -> Result<(), KrafkaError> {
        let Some(at) = &self.at else { return Ok(()) };
        self.next = to;
        self.consumer.seek(&at.topic, at.id(), offset_to_kafka(to)).await
    }

    async fn position(&self) -> Option<u64> {
        let at = self.at.as_ref()?;
        self.consumer.fetch_position(&at.topic, at.id()).await.map(offset_from_kafka)
    }

    /// First offset of the partition, and the one after the last readable record.
    async fn range(&self, kafka: &Kafka, deadline: Deadline) -> Result<OffsetRange, KrafkaError> {
        let at = self.at.as_ref().expect("it has a partition");
        let at = admin::TopicPartition::new(at.topic.clone(), at.id());
        let timeout = deadline.saturating_duration_since(Deadline::now());
        let admin = kafka.admin();
        let options = || ListOffsetsOptions::default().timeout(timeout).read_committed(true);
        let (start, end) = tokio::try_join!(
            admin.list_offsets([(at.clone(), OffsetSpec::Earliest)], options()),
            admin.list_offsets([(at.clone(), OffsetSpec::Latest)], options()),
        )?;
        let one = |found: HashMap<_, Result<ListedOffset, _>>| {
            let found = found.into_values().next().expect("every partition is answered");
            found.map(|listed| offset_from_kafka(listed.offset))
        };
        Ok(OffsetRange { start: one(start)?, end: one(end)? })
    }

    /// The reason to try again after an error; `Err` if that would not help.
    fn judge(
        &mut self,
        error: &KrafkaError,
        partition: &TopicPartition,
    ) -> Result<String, BrokerError> {
        if let KrafkaError::Protocol { message, .. } = error
            && message.starts_with("undecodable")
        {
            let reason = error::describe(error);
            return Err(BrokerError::Corrupt { partition: partition.clone(), reason });
        }
        let judged = error::on_query_of(&partition.topic, error);
        if !matches!(judged, BrokerError::NoSuchTopic { .. }) {
            self.unknown = None;
        }
        match judged {
            BrokerError::Unreachable { reason } => Ok(reason),
            BrokerError::NoSuchTopic { .. } if !self.unknown_for_long() => {
                Ok(error::describe(error))
            }
            judged => Err(judged),
        }
    }

    fn unknown_for_long(&mut self) -> bool {
        self.unknown.get_or_insert_with(Instant::now).elapsed() > UNKNOWN_FOR
    }
}
