//! Stores records: at once if the producer knows their topic, otherwise through a queue of the topic
//! until it does.

use std::{sync::Arc, vec};

use futures_util::FutureExt;
use krafka::producer::{DeliveryHandle, Producer};
use tokio::{
    sync::oneshot,
    task::coop::unconstrained,
    time::{Instant, timeout},
};

use self::{
    budget::MemoryBudget,
    producer::ProducerHandle,
    record::KafkaPartition,
    topic_queue::{QueueOutcome, QueuedAppend, TopicQueues},
};
use super::{connection::KafkaConnection, settings::ClusterSettings, topics::KafkaTopic};
use crate::{
    broker::{Append, BrokerError},
    message::{Record, TopicPartition},
};

mod budget; //      bytes that may wait
mod record; //      records for Kafka's client
mod producer; //    Kafka's client
mod topic_queue; // records of topics that it does not know
mod pending; //     appends that wait for their answers

pub(super) use pending::{PendingAppend, PendingBatch};

/// All producing to one cluster.
#[derive(Debug)]
pub(super) struct ClusterProducer {
    settings: Arc<ClusterSettings>,
    producer: Arc<ProducerHandle>,
    queues: Arc<TopicQueues>,
    budget: Arc<MemoryBudget>,
}

impl ClusterProducer {
    /// Nothing is connected until [`warm`](Self::warm) or the first record.
    pub(super) fn new(settings: &Arc<ClusterSettings>, connection: Arc<KafkaConnection>) -> Self {
        Self {
            settings: Arc::clone(settings),
            producer: Arc::new(ProducerHandle::new(Arc::clone(settings), connection)),
            queues: Arc::default(),
            budget: Arc::new(MemoryBudget::new(settings.queue_bytes_max)),
        }
    }

    /// Creates the producer, so that the first record need not wait for it.
    ///
    /// # Errors
    /// `Unreachable`, or Kafka's.
    pub(super) async fn warm(&self) -> Result<(), BrokerError> {
        self.producer.producer().await.map(drop)
    }

    /// Takes an append, in the order of calls. Never blocks. The append is stored or given up, even
    /// if nobody waits for the answer.
    ///
    /// # Errors
    /// `Busy`, `Refused`; nothing was taken.
    pub(super) fn take(
        &self,
        topic: &KafkaTopic,
        append: Append,
    ) -> Result<PendingAppend, BrokerError> {
        let Append { partition, records, expected_offset } = append;
        let TopicPartition { topic: name, partition } = partition;
        if expected_offset.is_some() {
            let reason =
                "Kafka stores records where the partition ends and nowhere else".to_owned();
            return Err(BrokerError::Refused { reason });
        }
        let bytes = record::check(&records)?;
        let Some(permit) = self.budget.take(bytes) else {
            return Err(BrokerError::Busy { topic: name });
        };
        let to = KafkaPartition { topic: &topic.in_kafka, partition };
        let mut taken = PendingAppend::new(name, permit, self.settings.delivery_timeout);
        let rest = match self.producer.current() {
            Some(producer) if !self.queues.has(to.topic) => {
                let mut handles = Vec::with_capacity(records.len());
                let rest = enqueue(&producer, to, records, &mut handles);
                taken.handles(handles);
                rest
            }
            _ => records,
        };
        if !rest.is_empty() {
            taken.follows(self.queue(to, rest, taken.deadline()));
        }
        Ok(taken)
    }

    /// Waits until everything taken has its answer, and closes the producer.
    ///
    /// # Errors
    /// `Unknown` if some of it has none.
    pub(super) async fn close(&self) -> Result<(), BrokerError> {
        let limit = self.settings.delivery_timeout;
        // Every append in a queue gives up at its own deadline, which is no later.
        let queues = timeout(limit + limit / 4, self.queues.emptied()).await;
        self.producer.close(limit + limit / 4).await?;
        queues.map_err(|_| BrokerError::Unknown { reason: "records were still waiting".to_owned() })
    }

    fn queue(
        &self,
        to: KafkaPartition<'_>,
        records: Vec<Record>,
        deadline: Instant,
    ) -> oneshot::Receiver<QueueOutcome> {
        let (answer, outcome) = oneshot::channel();
        let item = QueuedAppend { partition: to.partition, records, deadline, answer };
        if self.queues.push(to.topic, item) {
            let (queues, producer) = (Arc::clone(&self.queues), Arc::clone(&self.producer));
            tokio::spawn(topic_queue::drain(queues, producer, Arc::clone(to.topic)));
        }
        outcome
    }
}

/// Hands records to the producer as long as it takes them without waiting; returns the rest.
fn enqueue(
    producer: &Producer,
    to: KafkaPartition<'_>,
    records: Vec<Record>,
    handles: &mut Vec<DeliveryHandle>,
) -> Vec<Record> {
    let mut records: vec::IntoIter<Record> = records.into_iter();
    while let Some(next) = records.as_slice().first() {
        let sending = producer.enqueue(record::to_kafka(to, next));
        // Unconstrained: an exhausted coop budget would look like having to wait. A record that has
        // to wait or is refused was not taken: the queue finds out why.
        let Some(Ok(handle)) = unconstrained(sending).now_or_never() else { break };
        handles.push(handle);
        records.next();
    }
    records.collect()
}
