//! A consumer at one place of one partition, with what it has fetched beyond.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use krafka::{
    Kafka, KrafkaError,
    admin::{ListOffsetsOptions, OffsetSpec},
    consumer::TopicPartition,
};
use tokio::time::{self, Instant as Deadline};

use super::{
    super::{
        super::fault,
        groupless::{Groupless, kafka_offset, kafka_partition, offset, stored},
        table::Place,
        tail::Room,
    },
    Found,
};
use crate::{
    broker::{BrokerError, Fetch},
    message::{Record, StoredRecord, TopicName},
};

/// Fetches do not wait: what exists comes at once, and other requests share the connection.
const WAIT: Duration = Duration::from_millis(1);

/// Bytes of one fetch; larger records come one by one.
const FETCH_BYTES: usize = 4 << 20;

/// Wait before something that went wrong is tried again.
const PAUSE: Duration = Duration::from_millis(50);

/// A topic that is just being made is unknown to some brokers for a moment.
const UNKNOWN_FOR: Duration = Duration::from_secs(1);

/// A consumer that stands somewhere.
#[derive(Debug)]
pub(super) struct Reader {
    consumer: Groupless,
    /// What it is assigned to, and Kafka's name for it.
    at: Option<(Place, String)>,
    /// Offset behind the record that was given out last.
    next: u64,
    /// Fetched and not given out.
    rest: VecDeque<StoredRecord>,
    used: Instant,
    /// Since when its topic is not known to Kafka.
    unknown: Option<Instant>,
}

/// An answer, or the reason to try again.
type Tried<T> = Result<Result<T, String>, BrokerError>;

impl Reader {
    /// A reader that stands nowhere yet.
    pub(super) async fn open(kafka: &Kafka) -> Result<Self, KrafkaError> {
        let consumer = Groupless::new(kafka, WAIT, FETCH_BYTES).await?;
        let (rest, used) = (VecDeque::new(), Instant::now());
        Ok(Self { consumer, at: None, next: 0, rest, used, unknown: None })
    }

    /// When it was asked last.
    pub(super) fn used(&self) -> Instant {
        self.used
    }

    /// True if it stands in a partition of `topic`.
    pub(super) fn is_in(&self, topic: &TopicName) -> bool {
        self.at.as_ref().is_some_and(|(at, _)| at.0 == *topic)
    }

    /// True if it can go on at `from` with what it has.
    pub(super) fn is_at(&self, place: &Place, from: u64) -> bool {
        let last = self.rest.back().map_or(self.next, |stored| stored.offset);
        let here = self.at.as_ref().is_some_and(|(at, _)| at == place);
        here && (self.next..=last).contains(&from)
    }

    /// Reads from `fetch.from` on, or says why it has to be tried again.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Corrupt`: trying again would not help.
    pub(super) async fn read(
        &mut self,
        kafka: &Kafka,
        (place, name): (&Place, String),
        fetch: &Fetch,
        deadline: Deadline,
    ) -> Tried<Found> {
        let tried = self.go_on(kafka, (place, name), fetch, deadline).await;
        let again = match tried {
            Ok(Ok(found)) => return Ok(Ok(found)),
            Ok(Err(reason)) => Ok(reason),
            Err(error) => self.judge(&error, place),
        };
        // The client waits longer and longer after errors; a new start does not.
        self.at = None;
        time::sleep(PAUSE).await;
        again.map(Err)
    }

    async fn go_on(
        &mut self,
        kafka: &Kafka,
        at: (&Place, String),
        fetch: &Fetch,
        deadline: Deadline,
    ) -> Result<Result<Found, String>, KrafkaError> {
        if !self.is_at(at.0, fetch.from) {
            self.seek(at, fetch.from).await?;
        }
        self.used = Instant::now();
        let mut stalled = false;
        loop {
            while self.rest.front().is_some_and(|stored| stored.offset < fetch.from) {
                self.rest.pop_front();
            }
            if !self.rest.is_empty() {
                return Ok(Ok(Found::Records(self.give_out(fetch))));
            }
            let before = self.position().await;
            match self.consumer.poll(WAIT).await {
                Ok(records) => self.rest.extend(records.into_iter().map(stored)),
                Err(KrafkaError::NoOffset { .. }) => {
                    let (start, end) = self.range(kafka, deadline).await?;
                    if fetch.from >= end {
                        return Ok(Ok(Found::End(end)));
                    }
                    self.move_to(start.max(fetch.from)).await?;
                    continue;
                }
                Err(error) => return Err(error),
            }
            if !self.rest.is_empty() {
                continue;
            }
            let (_, end) = self.range(kafka, deadline).await?;
            match self.position().await {
                Some(position) if position >= end => return Ok(Ok(Found::End(position))),
                // Offsets that hold nothing readable were passed.
                position if position > before => stalled = false,
                // They may have come between the two questions.
                _ if !std::mem::replace(&mut stalled, true) => {}
                _ => return Ok(Err("records that are there did not come".to_owned())),
            }
        }
    }

    fn give_out(&mut self, fetch: &Fetch) -> Vec<StoredRecord> {
        let mut room = Room::of(fetch);
        let more = |record: &Record| room.take(record);
        let last = self.rest.iter().map(|stored| &stored.record).map(more).position(|more| !more);
        let count = last.map_or(self.rest.len(), |last| last + 1);
        let given: Vec<_> = self.rest.drain(..count).collect();
        self.next = given.last().map_or(self.next, |stored| stored.offset + 1);
        given
    }

    async fn seek(&mut self, (place, name): (&Place, String), to: u64) -> Result<(), KrafkaError> {
        self.rest.clear();
        if let Some((_, old)) = self.at.take().filter(|(_, old)| *old != name) {
            self.consumer.assign(&old, Vec::new()).await?;
        }
        self.consumer.assign(&name, vec![kafka_partition(place.1)]).await?;
        self.at = Some((place.clone(), name));
        self.move_to(to).await
    }

    async fn move_to(&mut self, to: u64) -> Result<(), KrafkaError> {
        let Some((place, name)) = &self.at else { return Ok(()) };
        self.next = to;
        self.consumer.seek(name, kafka_partition(place.1), kafka_offset(to)).await
    }

    async fn position(&self) -> Option<u64> {
        let (place, name) = self.at.as_ref()?;
        self.consumer.fetch_position(name, kafka_partition(place.1)).await.map(offset)
    }

    /// First offset of the partition, and the one behind what can be read.
    async fn range(&self, kafka: &Kafka, deadline: Deadline) -> Result<(u64, u64), KrafkaError> {
        let (place, name) = self.at.as_ref().expect("it stands somewhere");
        let at = TopicPartition::new(name.clone(), kafka_partition(place.1));
        let timeout = deadline.saturating_duration_since(Deadline::now());
        let admin = kafka.admin();
        let options = || ListOffsetsOptions::default().timeout(timeout).read_committed(true);
        let (start, end) = tokio::try_join!(
            admin.list_offsets([(at.clone(), OffsetSpec::Earliest)], options()),
            admin.list_offsets([(at.clone(), OffsetSpec::Latest)], options()),
        )?;
        let one = |found: std::collections::HashMap<_, Result<krafka::admin::ListedOffset, _>>| {
            let found = found.into_values().next().expect("every partition is answered");
            found.map(|listed| offset(listed.offset))
        };
        Ok((one(start)?, one(end)?))
    }

    /// What an error means: a reason to try again, or the end of trying.
    fn judge(&mut self, error: &KrafkaError, place: &Place) -> Result<String, BrokerError> {
        if let KrafkaError::Protocol { message, .. } = error
            && message.starts_with("undecodable")
        {
            let (partition, reason) = (place.1, fault::words(error));
            return Err(BrokerError::Corrupt { topic: place.0.clone(), partition, reason });
        }
        let judged = fault::asking_about(&place.0, error);
        if !matches!(judged, BrokerError::NoSuchTopic { .. }) {
            self.unknown = None;
        }
        match judged {
            BrokerError::Unreachable { reason } => Ok(reason),
            BrokerError::NoSuchTopic { .. } if !self.unknown_for_long() => Ok(fault::words(error)),
            judged => Err(judged),
        }
    }

    fn unknown_for_long(&mut self) -> bool {
        self.unknown.get_or_insert_with(Instant::now).elapsed() > UNKNOWN_FOR
    }
}
