//! Reads before the tails in memory: a pool of consumers.

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

pub(super) mod reader;

use self::reader::{ColdRead, ColdReader, KafkaTarget};
use crate::{
    broker::{
        BrokerError, Fetch,
        kafka::{connection::KafkaConnection, names::NameMapping},
    },
    message::{TopicName, TopicPartition},
};

/// Most reads at once, and most readers kept.
const READERS: usize = 64;

/// A reader that was not used for so long is closed, with the records it has.
const UNUSED: Duration = Duration::from_secs(10);

/// Readers that stay where their client will probably continue.
#[derive(Debug)]
pub(super) struct ColdReaders {
    names: NameMapping,
    connection: Arc<KafkaConnection>,
    timeout: Duration,
    permits: Semaphore,
    idle: Arc<Mutex<IdleReaders>>,
}

/// Readers without a fetch at the moment, the most recently used last.
#[derive(Debug, Default)]
struct IdleReaders {
    readers: VecDeque<ColdReader>,
    /// True while a task closes unused readers.
    swept: bool,
}

fn lock(idle: &Mutex<IdleReaders>) -> MutexGuard<'_, IdleReaders> {
    idle.lock().expect("nothing panics under this lock")
}

impl ColdReaders {
    /// Reads over `connection`; no read takes longer than `timeout`.
    pub(super) fn new(
        names: NameMapping,
        connection: Arc<KafkaConnection>,
        timeout: Duration,
    ) -> Self {
        let (permits, idle) = (Semaphore::new(READERS), Arc::default());
        Self { names, connection, timeout, permits, idle }
    }

    /// Reads from `fetch.from` on.
    ///
    /// # Errors
    /// `Unreachable` in time, `NoSuchTopic`, `Corrupt`.
    pub(super) async fn read(&self, fetch: &Fetch) -> Result<ColdRead, BrokerError> {
        let deadline = Deadline::now() + self.timeout;
        let mut reason = "no answer in time".to_owned();
        let read = self.read_by(fetch, deadline, &mut reason);
        match time::timeout_at(deadline, read).await {
            Ok(found) => found,
            Err(_) => Err(BrokerError::Unreachable { reason }),
        }
    }

    /// Reads; leaves the last failure in `reason`.
    async fn read_by(
        &self,
        fetch: &Fetch,
        deadline: Deadline,
        reason: &mut String,
    ) -> Result<ColdRead, BrokerError> {
        let _permit = self.permits.acquire().await.map_err(|_| BrokerError::Closed)?;
        let kafka = self.connection.kafka().await?;
        let partition = fetch.partition.clone();
        let target = KafkaTarget { topic: self.names.topic(&partition.topic), partition };
        let mut reader = match self.take(&target.partition, fetch.from) {
            Some(reader) => reader,
            None => self.open(&kafka).await?,
        };
        let found = loop {
            match reader.read(&kafka, &target, fetch, deadline).await? {
                Ok(found) => break found,
                Err(error) => *reason = error,
            }
        };
        if let ColdRead::Records(_) = found {
            self.put(reader);
        }
        Ok(found)
    }

    /// The reader that is at `from`; the least recently used one if there are too many.
    fn take(&self, partition: &TopicPartition, from: u64) -> Option<ColdReader> {
        let mut idle = lock(&self.idle);
        let taken = READERS - self.permits.available_permits().min(READERS);
        let fits = idle.readers.iter().rposition(|reader| reader.is_at(partition, from));
        match fits {
            Some(fits) => idle.readers.remove(fits),
            None if idle.readers.len() + taken > READERS => idle.readers.pop_front(),
            None => None,
        }
    }

    async fn open(&self, kafka: &Kafka) -> Result<ColdReader, BrokerError> {
        let opened = ColdReader::open(kafka).await;
        opened.map_err(|error| BrokerError::Refused { reason: error.to_string() })
    }

    fn put(&self, reader: ColdReader) {
        let mut idle = lock(&self.idle);
        idle.readers.push_back(reader);
        if !std::mem::replace(&mut idle.swept, true) {
            tokio::spawn(sweep(Arc::clone(&self.idle)));
        }
    }

    /// Closes readers that may have records of a deleted topic.
    pub(super) fn forget(&self, topic: &TopicName) {
        lock(&self.idle).readers.retain(|reader| !reader.is_in(topic));
    }

    /// Closes all readers; later reads answer `Closed`.
    pub(super) fn close(&self) {
        self.permits.close();
        lock(&self.idle).readers.clear();
    }
}

/// Closes unused readers until there are none.
async fn sweep(idle: Arc<Mutex<IdleReaders>>) {
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
