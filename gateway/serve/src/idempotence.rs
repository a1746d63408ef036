//! Publishing at most once: a producer that sends the same id again within the window gets the
//! place of the first message, and nothing is stored.
//!
//! All messages of one producer go to one partition and carry its name and their id as headers, so
//! the partition itself is the memory: what is not known here is read from it, after a restart or
//! after another gateway served the producer. Before each message the partition is read to its end,
//! so a message that was stored anywhere before counts. **What does not hold:** a producer that
//! sends an id through one gateway while another still has the same id under way may store both;
//! both are then answered with the first one's place. A gateway has a message under way no longer
//! than `limits.publish_deadline_ms`, which is less than clients wait before they send again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Mutex as Turn, MutexGuard as Turned},
    time::Instant,
};

mod window;

pub use window::WindowSettings;

use crate::{
    broker::{Broker, BrokerError, Cluster, ClusterIndex, Fetch},
    message::{MessageId, StoredRecord, TopicName, TopicPartition},
};
use window::Window;

/// A message that a broker was sent may still be stored so long after its time is up.
const DOUBT: Duration = Duration::from_millis(500);
/// Producers that send at the same time share so many turns.
const TURNS: usize = 64;
/// Records fetched at a time while a window is read.
const FETCH_RECORDS: usize = 1_000;
/// Bytes fetched at a time.
const FETCH_BYTES: usize = 1 << 20;
/// Partitions remembered without being used.
const PARTITIONS_MAX: usize = 1_024;

/// A partition of one of the gateway's clusters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ClusterPartition {
    cluster: ClusterIndex,
    partition: TopicPartition,
}

/// The windows of all partitions that idempotent producers write to through this gateway.
#[derive(Debug, Default)]
pub struct Windows {
    /// Held for look-ups only.
    partitions: Mutex<HashMap<ClusterPartition, Arc<Partition>>>,
}

/// One partition and what is known of it.
#[derive(Debug)]
struct Partition {
    turns: Vec<Turn<Option<Instant>>>,
    known: Turn<Known>,
}

#[derive(Debug, Default)]
struct Known {
    window: Window,
    /// Offset behind the last record that was looked at; `None` before the first look.
    next: Option<u64>,
}

impl Partition {
    fn new() -> Self {
        let turns = std::iter::repeat_with(Turn::default).take(TURNS).collect();
        Self { turns, known: Turn::default() }
    }
}

impl Windows {
    /// The window of a partition, to ask about one message and store it.
    pub fn of(
        &self,
        cluster: &Cluster,
        (topic, partition): (&TopicName, u32),
        settings: WindowSettings,
    ) -> Producing {
        let partition = TopicPartition::new(topic.clone(), partition);
        let key = ClusterPartition { cluster: cluster.index, partition };
        let mut partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        if partitions.len() >= PARTITIONS_MAX {
            // They are read again when they are needed.
            partitions.retain(|_, partition| Arc::strong_count(partition) > 1);
        }
        let shared = partitions.entry(key.clone()).or_insert_with(|| Arc::new(Partition::new()));
        let (broker, shared) = (Arc::clone(&cluster.broker), Arc::clone(shared));
        Producing { broker, shared, partition: key, settings }
    }
}

/// A partition that an idempotent message is about to be stored in.
#[derive(Debug)]
pub struct Producing {
    broker: Arc<dyn Broker>,
    shared: Arc<Partition>,
    partition: ClusterPartition,
    settings: WindowSettings,
}

/// The right to send a producer's next message: nobody else of this gateway does.
#[derive(Debug)]
pub struct ProducerTurn<'a>(Turned<'a, Option<Instant>>);

impl ProducerTurn<'_> {
    /// Notes that nobody knows whether the message was stored, whose sending ends at `sent_until`:
    /// the producer's next one waits until it would be seen.
    pub fn leave_in_doubt(&mut self, sent_until: Instant) {
        *self.0 = Some(sent_until + DOUBT);
    }
}

impl Producing {
    /// Waits for the producer's turn, and for the end of a doubt about its message before.
    pub async fn turn(&self, producer: &[u8]) -> ProducerTurn<'_> {
        let at = producer.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31) + *byte as usize);
        let mut turn = self.shared.turns[at % TURNS].lock().await;
        if let Some(until) = *turn {
            // Whoever gives up waiting leaves the doubt to the next.
            tokio::time::sleep_until(until).await;
            *turn = None;
        }
        ProducerTurn(turn)
    }

    /// Where the first message of this id lies, if it was stored within the window by whomever.
    ///
    /// # Errors
    /// The broker's; and `Busy` if the window has no room for one more producer.
    pub async fn find(&self, message: &MessageId, now_ms: i64) -> Result<Option<u64>, BrokerError> {
        let mut known = self.shared.known.lock().await;
        self.catch_up(&mut known, now_ms).await?;
        let names = (&message.producer[..], &message.id[..]);
        if let Some(offset) = known.window.find(self.settings, names, now_ms) {
            return Ok(Some(offset));
        }
        if known.window.has_room(self.settings, &message.producer, now_ms) {
            return Ok(None);
        }
        Err(BrokerError::Busy { topic: self.partition.partition.topic.clone() })
    }

    /// Reads what was stored since the last look.
    async fn catch_up(&self, known: &mut Known, now_ms: i64) -> Result<(), BrokerError> {
        let partition = &self.partition.partition;
        let end = self.broker.offsets(partition).await?.end;
        let mut next = match known.next {
            // A topic that was made anew begins anew.
            Some(next) if next <= end => next,
            Some(_) => {
                *known = Known::default();
                self.beginning(now_ms).await?
            }
            None => self.beginning(now_ms).await?,
        };
        while next < end {
            let fetch = Fetch {
                partition: partition.clone(),
                from: next,
                records_max: FETCH_RECORDS,
                bytes_max: FETCH_BYTES,
            };
            let records = self.broker.fetch(fetch).await?;
            let Some(last) = records.last() else { break };
            next = last.offset + 1;
            for StoredRecord { offset, record } in &records {
                if let Some(MessageId { producer, id }) = MessageId::of(record) {
                    let stored = (*offset, record.timestamp_ms);
                    known.window.note(self.settings, (producer, id), stored);
                }
            }
            known.next = Some(next);
        }
        known.next = Some(next.max(end));
        Ok(())
    }

    /// The first offset that may matter.
    async fn beginning(&self, now_ms: i64) -> Result<u64, BrokerError> {
        let partition = &self.partition.partition;
        let oldest = now_ms.saturating_sub(self.settings.duration_ms);
        self.broker.offset_at(partition, oldest).await
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::{
        broker::{Append, Clusters, NewTopic, embedded::EmbeddedBroker},
        message::Record,
    };

    const SETTINGS: WindowSettings =
        WindowSettings { duration_ms: 60_000, ids_max: 100, producers_max: 10 };

    fn message(id: &'static str) -> MessageId {
        MessageId { producer: Bytes::from_static(b"p"), id: Bytes::from_static(id.as_bytes()) }
    }

    async fn store(cluster: &Cluster, topic: &TopicName, message: &MessageId) {
        let mut record = Record { timestamp_ms: 1_000, ..Record::default() };
        message.mark(&mut record.headers);
        let append = Append::new(TopicPartition::new(topic.clone(), 0), vec![record]);
        let stored = cluster.broker.produce(vec![append]).await;
        assert!(stored[0].is_ok());
    }

    #[tokio::test]
    async fn a_doubt_outlives_those_who_give_up_waiting() {
        let clusters = Clusters::one(Arc::new(EmbeddedBroker::memory().unwrap()));
        let topic = TopicName::new("t").unwrap();
        let window = Windows::default().of(clusters.default(), (&topic, 0), SETTINGS);
        let began = Instant::now();
        window.turn(b"p").await.leave_in_doubt(began);

        for _ in 0..2 {
            let waited = tokio::time::timeout(DOUBT / 10, window.turn(b"p")).await;
            assert!(waited.is_err());
        }

        let turn = window.turn(b"p").await;
        assert!(Instant::now() >= began + DOUBT);
        assert!(turn.0.is_none(), "a doubt ends once");
    }

    #[tokio::test]
    async fn the_partition_itself_is_the_memory() {
        let clusters = Clusters::one(Arc::new(EmbeddedBroker::memory().unwrap()));
        let (cluster, topic) = (clusters.default(), TopicName::new("t").unwrap());
        cluster.broker.create_topic(NewTopic::new(topic.clone(), 1)).await.unwrap();
        let windows = Windows::default();
        store(cluster, &topic, &message("1")).await;

        // As after a restart, or what another gateway stored.
        let window = windows.of(cluster, (&topic, 0), SETTINGS);
        assert_eq!(window.find(&message("1"), 1_500).await.unwrap(), Some(0));
        assert_eq!(window.find(&message("2"), 1_500).await.unwrap(), None);

        store(cluster, &topic, &message("2")).await;
        store(cluster, &topic, &message("2")).await;
        assert_eq!(window.find(&message("2"), 1_500).await.unwrap(), Some(1));
        assert_eq!(window.find(&message("2"), 99_000).await.unwrap(), None);
    }
}
