//! The order log of a topic, which is an internal topic with one partition.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::time::sleep;

use super::{page_cache::PAGE, recent::ForeignRecord};
use crate::{
    broker::{Append, Broker, BrokerError, Fetch, NewTopic},
    message::{Record, TopicName, TopicPartition},
};

/// Pause before a record that exists is fetched again.
const PAUSE: Duration = Duration::from_millis(5);
/// Most pauses: a second in all.
const PAUSES: u32 = 200;

/// Bytes of one read of an order log.
const READ_BYTES: usize = 1 << 20;

/// The internal topic that keeps the order. It has one partition.
pub(super) struct OrderLog {
    broker: Arc<dyn Broker>,
    /// Its only partition.
    pub(super) partition: TopicPartition,
}

impl OrderLog {
    /// The order log in that topic. Nothing is read or created before it is needed.
    pub(super) fn new(broker: Arc<dyn Broker>, topic: TopicName) -> Self {
        Self { broker, partition: TopicPartition::new(topic, 0) }
    }

    /// Appends a step, valid or not; returns its offset.
    pub(super) async fn append(&self, step: Bytes) -> Result<u64, BrokerError> {
        let records = vec![Record { value: Some(step), ..Record::default() }];
        let append = Append::new(self.partition.clone(), records);
        let mut stored = self.broker.produce(vec![append]).await;
        let stored = stored.pop().expect("every append is answered");
        Ok(stored?.offset(0))
    }

    /// Creates the topic of the log. It is no error if another gateway was first.
    pub(super) async fn make(&self) -> Result<(), BrokerError> {
        let keep =
            [("cleanup.policy", "delete"), ("retention.ms", "-1"), ("retention.bytes", "-1")];
        let configs = keep.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let mut topic = NewTopic { configs, ..NewTopic::new(self.partition.topic.clone(), 1) };
        let mut made = self.broker.create_topic(topic.clone()).await;
        if let Err(BrokerError::Refused { .. }) = made {
            // A broker that does not have these settings, or does not let clients set them.
            topic.configs.clear();
            made = self.broker.create_topic(topic).await;
        }
        match made {
            Ok(_) | Err(BrokerError::TopicExists { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Reads all records of the log from `from` up to `end`, which are known to be stored, and
    /// perhaps more.
    pub(super) async fn read_into(
        &self,
        end: u64,
        mut take: impl FnMut(u64, &[u8]) -> Result<(), ForeignRecord>,
        mut from: u64,
    ) -> Result<(), BrokerError> {
        let mut pauses = 0;
        while from < end {
            let Some(records) = self.broker.fetch_below(self.page_from(from), end).await? else {
                if pauses == PAUSES {
                    let reason = format!(
                        "records of `{}` that are stored do not come",
                        self.partition.topic
                    );
                    return Err(BrokerError::Unreachable { reason });
                }
                pauses += 1;
                sleep(PAUSE).await;
                continue;
            };
            let Some(last) = records.last() else { return Ok(()) };
            from = last.offset + 1;
            for stored in &records {
                let bytes = stored.record.value.as_deref().unwrap_or_default();
                take(stored.offset, bytes).map_err(|ForeignRecord| self.foreign_record())?;
            }
        }
        Ok(())
    }

    pub(super) fn page_from(&self, from: u64) -> Fetch {
        // A page; reading more at once gains little.
        let records_max = usize::try_from(PAGE).unwrap_or(usize::MAX);
        Fetch { partition: self.partition.clone(), from, records_max, bytes_max: READ_BYTES }
    }

    /// The error for a log that does not continue as it was read, or that has a foreign format.
    pub(super) fn foreign_record(&self) -> BrokerError {
        let reason = "it holds what no gateway of this version writes into an order log: run the \
                      newest version everywhere, or delete the topic to begin a new order";
        let partition = self.partition.clone();
        BrokerError::Corrupt { partition, reason: reason.to_owned() }
    }
}
