//! Ordered queues for topics that the producer does not know yet.
//!
//! While a topic has a queue, all its records go through it, so that none overtakes another.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use krafka::{KrafkaError, producer::DeliveryHandle};
use tokio::{
    sync::{Notify, oneshot},
    time::{Instant, sleep, timeout_at},
};

use super::{
    producer::ProducerHandle,
    record::{self, KafkaPartition},
};
use crate::{
    broker::{BrokerError, kafka::error},
    message::{Record, TopicName},
};

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// What became of a queued append.
#[derive(Debug)]
pub(super) struct QueueOutcome {
    /// Records that the producer took, in order.
    pub(super) handles: Vec<DeliveryHandle>,
    /// Why it did not take the next one.
    pub(super) error: Option<BrokerError>,
}

/// Records of one append that wait in a queue.
#[derive(Debug)]
pub(super) struct QueuedAppend {
    pub(super) partition: u32,
    pub(super) records: Vec<Record>,
    pub(super) deadline: Instant,
    pub(super) answer: oneshot::Sender<QueueOutcome>,
}

type Queues = HashMap<Arc<str>, VecDeque<QueuedAppend>>;

/// All queues.
#[derive(Debug, Default)]
pub(super) struct TopicQueues {
    /// Number of queues, so that having none costs no lock.
    open: AtomicUsize,
    queues: Mutex<Queues>,
    closed: Notify,
}

impl TopicQueues {
    /// True while records of `topic` have to go through its queue.
    pub(super) fn has(&self, topic: &Arc<str>) -> bool {
        self.open.load(Ordering::Acquire) > 0 && self.lock().contains_key(topic)
    }

    /// Adds to the topic's queue; true if the queue is new and has to be [drained](drain).
    pub(super) fn push(&self, topic: &Arc<str>, item: QueuedAppend) -> bool {
        let mut queues = self.lock();
        let is_new = !queues.contains_key(topic);
        queues.entry(Arc::clone(topic)).or_default().push_back(item);
        if is_new {
            self.open.fetch_add(1, Ordering::AcqRel);
        }
        is_new
    }

    /// Waits until there is no queue.
    pub(super) async fn emptied(&self) {
        loop {
            let closed = self.closed.notified();
            if self.open.load(Ordering::Acquire) == 0 {
                return;
            }
            closed.await;
        }
    }

    /// The next append of the queue. An empty queue is removed.
    fn pop(&self, topic: &Arc<str>) -> Option<QueuedAppend> {
        let mut queues = self.lock();
        let item = queues.get_mut(topic).and_then(VecDeque::pop_front);
        if item.is_none() && queues.remove(topic).is_some() {
            self.open.fetch_sub(1, Ordering::AcqRel);
            self.closed.notify_waiters();
        }
        item
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands all appends in the topic's queue to the producer, in order, until the queue is empty.
pub(super) async fn drain(
    queues: Arc<TopicQueues>,
    producer: Arc<ProducerHandle>,
    topic: Arc<str>,
) {
    while let Some(append) = queues.pop(&topic) {
        let QueuedAppend { partition, records, deadline, answer } = append;
        let to = KafkaPartition { topic: &topic, partition };
        let mut handles = Vec::with_capacity(records.len());
        let mut failed = None;
        for record in &records {
            match enqueue(&producer, to, record, deadline).await {
                Ok(handle) => handles.push(handle),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        // The caller may have gone away.
        let _ = answer.send(QueueOutcome { handles, error: failed });
    }
}

/// Hands one record to the producer, trying again until the deadline.
async fn enqueue(
    producer: &ProducerHandle,
    to: KafkaPartition<'_>,
    record: &Record,
    deadline: Instant,
) -> Result<DeliveryHandle, BrokerError> {
    let mut last = None;
    loop {
        let attempt = timeout_at(deadline, attempt(producer, to, record)).await;
        let error = match attempt {
            Ok(Ok(handle)) => return Ok(handle),
            Ok(Err(Attempt::Final(error))) => return Err(error),
            Ok(Err(Attempt::Again(error))) => error,
            Err(_) => {
                let reason = || format!("{} was not to be had in time", to.topic);
                return Err(last.unwrap_or_else(|| BrokerError::Unreachable { reason: reason() }));
            }
        };
        last = Some(error);
        sleep(PAUSE).await;
    }
}

enum Attempt {
    Again(BrokerError),
    Final(BrokerError),
}

async fn attempt(
    handle: &ProducerHandle,
    to: KafkaPartition<'_>,
    record: &Record,
) -> Result<DeliveryHandle, Attempt> {
    let producer = handle.producer().await.map_err(|error| match error {
        BrokerError::Unreachable { .. } => Attempt::Again(error),
        error => Attempt::Final(error),
    })?;
    let error = match producer.enqueue(record::to_kafka(to, record)).await {
        Ok(handle) => return Ok(handle),
        Err(error) => error,
    };
    let name = TopicName::new(&**to.topic).expect("only legal names are in Kafka");
    let refused = error::on_enqueue(&name, &error);
    if error.is_fatal() && !handle.is_closed() {
        handle.discard(&producer);
        return Err(Attempt::Again(refused));
    }
    let known = producer.partitions_for(to.topic).await.map_or(0, |known| known.len());
    if known <= to.partition as usize {
        // Partitions were added that the producer does not know yet.
        handle.refresh(to.topic).await;
        return Err(Attempt::Again(refused));
    }
    match error {
        KrafkaError::Timeout { .. } | KrafkaError::Network(_) => Err(Attempt::Again(refused)),
        _ => Err(Attempt::Final(refused)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(partition: u32) -> QueuedAppend {
        let (answer, _) = oneshot::channel();
        QueuedAppend { partition, records: vec![], deadline: Instant::now(), answer }
    }

    #[tokio::test]
    async fn a_queue_keeps_order_and_ends_when_it_is_empty() {
        let (queues, topic, other) = (TopicQueues::default(), Arc::from("t"), Arc::from("u"));
        assert!(!queues.has(&topic));

        assert!(queues.push(&topic, item(1)), "new");
        assert!(!queues.push(&topic, item(2)), "there already");
        assert!(queues.has(&topic) && !queues.has(&other));
        assert_eq!(queues.pop(&topic).unwrap().partition, 1);
        assert_eq!(queues.pop(&topic).unwrap().partition, 2);
        assert!(queues.has(&topic), "its last item is still being handed over");
        assert!(queues.pop(&topic).is_none());

        assert!(!queues.has(&topic));
        queues.emptied().await;
        assert!(queues.push(&topic, item(3)), "a new one can begin");
    }
}
