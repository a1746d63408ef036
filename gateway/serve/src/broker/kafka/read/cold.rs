//! Reads behind the ends of partitions: what memory does not reach.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use krafka::Kafka;
use tokio::{
    sync::Semaphore,
    time::{self, Instant as Deadline},
};

mod reader;

use self::reader::Reader;
use super::{
    super::{link::Link, names::Names},
    table::Place,
};
use crate::{
    broker::{BrokerError, Fetch},
    message::{StoredRecord, TopicName},
};

/// Most reads at once, and most readers kept.
const READERS: usize = 64;

/// A reader that nobody came back to for so long is closed, with the records it holds.
const UNUSED: Duration = Duration::from_secs(10);

/// What a read found.
#[derive(Debug)]
pub(super) enum Found {
    /// At least one record.
    Records(Vec<StoredRecord>),
    /// Nothing from the offset on: the partition ends here.
    End(u64),
}

/// Readers that stand where somebody will go on.
#[derive(Debug)]
pub(super) struct Cold {
    names: Names,
    link: Arc<Link>,
    timeout: Duration,
    seats: Semaphore,
    idle: Arc<Mutex<Idle>>,
}

/// Readers that wait for their next fetch, those used last behind.
#[derive(Debug, Default)]
struct Idle {
    readers: VecDeque<Reader>,
    /// Unused readers are being looked for.
    swept: bool,
}

fn lock(idle: &Mutex<Idle>) -> MutexGuard<'_, Idle> {
    idle.lock().expect("nothing panics under this lock")
}

impl Cold {
    /// Reads over `link`; nobody waits longer than `timeout`.
    pub(super) fn new(names: Names, link: Arc<Link>, timeout: Duration) -> Self {
        let (seats, idle) = (Semaphore::new(READERS), Arc::default());
        Self { names, link, timeout, seats, idle }
    }

    /// Reads from `fetch.from` on.
    ///
    /// # Errors
    /// `Unreachable` in time, `NoSuchTopic`, `Corrupt`.
    pub(super) async fn read(&self, fetch: &Fetch) -> Result<Found, BrokerError> {
        let deadline = Deadline::now() + self.timeout;
        let mut reason = "no answer in time".to_owned();
        let read = self.read_by(fetch, deadline, &mut reason);
        match time::timeout_at(deadline, read).await {
            Ok(found) => found,
            Err(_) => Err(BrokerError::Unreachable { reason }),
        }
    }

    /// Reads; what went wrong last is left in `reason`.
    async fn read_by(
        &self,
        fetch: &Fetch,
        deadline: Deadline,
        reason: &mut String,
    ) -> Result<Found, BrokerError> {
        let _seat = self.seats.acquire().await.map_err(|_| BrokerError::Closed)?;
        let kafka = self.link.kafka().await?;
        let place = (fetch.topic.clone(), fetch.partition);
        let mut reader = match self.take(&place, fetch.from) {
            Some(reader) => reader,
            None => self.open(&kafka).await?,
        };
        let found = loop {
            let name = self.names.topic(&fetch.topic);
            match reader.read(&kafka, (&place, name), fetch, deadline).await? {
                Ok(found) => break found,
                Err(error) => *reason = error,
            }
        };
        if let Found::Records(_) = found {
            self.put(reader);
        }
        Ok(found)
    }

    /// The reader that stands at `from`; the one used longest ago where there are too many.
    fn take(&self, place: &Place, from: u64) -> Option<Reader> {
        let mut idle = lock(&self.idle);
        let taken = READERS - self.seats.available_permits().min(READERS);
        let fits = idle.readers.iter().rposition(|reader| reader.is_at(place, from));
        match fits {
            Some(fits) => idle.readers.remove(fits),
            None if idle.readers.len() + taken > READERS => idle.readers.pop_front(),
            None => None,
        }
    }

    async fn open(&self, kafka: &Kafka) -> Result<Reader, BrokerError> {
        let opened = Reader::open(kafka).await;
        opened.map_err(|error| BrokerError::Refused { reason: error.to_string() })
    }

    fn put(&self, reader: Reader) {
        let mut idle = lock(&self.idle);
        idle.readers.push_back(reader);
        if !std::mem::replace(&mut idle.swept, true) {
            tokio::spawn(sweep(Arc::clone(&self.idle)));
        }
    }

    /// Closes readers that may hold records of a topic that is gone.
    pub(super) fn forget(&self, topic: &TopicName) {
        lock(&self.idle).readers.retain(|reader| !reader.is_in(topic));
    }

    /// Closes all readers; later reads answer `Closed`.
    pub(super) fn close(&self) {
        self.seats.close();
        lock(&self.idle).readers.clear();
    }
}

/// Closes unused readers until there are none.
async fn sweep(idle: Arc<Mutex<Idle>>) {
    loop {
        time::sleep(UNUSED / 4).await;
        let mut idle = lock(&idle);
        let now = Instant::now();
        idle.readers.retain(|reader| now - reader.used() < UNUSED);
        if idle.readers.is_empty() {
            idle.swept = false;
            return;
        }
    }
}
