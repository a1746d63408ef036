//! Ordered queues for topics that the producer does not know yet.
//!
//! While a topic has a lane, all its records go through it, so that none overtakes another.

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

use super::{Place, record, sender::Sender};
use crate::{
    broker::{BrokerError, kafka::fault},
    message::{Record, TopicName},
};

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// What became of an item: the records that were queued, in order, and why the next was not.
pub(super) type Outcome = (Vec<DeliveryHandle>, Option<BrokerError>);

/// Records of one append that wait in a lane.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) partition: u32,
    pub(super) records: Vec<Record>,
    pub(super) deadline: Instant,
    pub(super) answer: oneshot::Sender<Outcome>,
}

type Queues = HashMap<Arc<str>, VecDeque<Item>>;

/// The lanes there are.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    /// How many there are, so that having none costs no lock.
    open: AtomicUsize,
    queues: Mutex<Queues>,
    closed: Notify,
}

impl Lanes {
    /// True while records of `topic` have to go through its lane.
    pub(super) fn has(&self, topic: &Arc<str>) -> bool {
        self.open.load(Ordering::Acquire) > 0 && self.lock().contains_key(topic)
    }

    /// Adds to the topic's lane; true if that is new, and somebody has to [`drain`] it.
    pub(super) fn push(&self, topic: &Arc<str>, item: Item) -> bool {
        let mut queues = self.lock();
        let is_new = !queues.contains_key(topic);
        queues.entry(Arc::clone(topic)).or_default().push_back(item);
        if is_new {
            self.open.fetch_add(1, Ordering::AcqRel);
        }
        is_new
    }

    /// Waits until there is no lane.
    pub(super) async fn emptied(&self) {
        loop {
            let closed = self.closed.notified();
            if self.open.load(Ordering::Acquire) == 0 {
                return;
            }
            closed.await;
        }
    }

    /// The next item of the lane. Where there is none the lane ends.
    fn pop(&self, topic: &Arc<str>) -> Option<Item> {
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

/// Hands everything in the topic's lane to the producer, in order, until the lane is empty.
pub(super) async fn drain(lanes: Arc<Lanes>, sender: Arc<Sender>, topic: Arc<str>) {
    while let Some(item) = lanes.pop(&topic) {
        let Item { partition, records, deadline, answer } = item;
        let place = Place { topic: &topic, partition };
        let mut handles = Vec::with_capacity(records.len());
        let mut failed = None;
        for record in &records {
            match queue(&sender, place, record, deadline).await {
                Ok(handle) => handles.push(handle),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        // Nobody may be waiting any more.
        let _ = answer.send((handles, failed));
    }
}

/// Queues one record, trying again until the deadline.
async fn queue(
    sender: &Sender,
    place: Place<'_>,
    record: &Record,
    deadline: Instant,
) -> Result<DeliveryHandle, BrokerError> {
    let mut last = None;
    loop {
        let attempt = timeout_at(deadline, attempt(sender, place, record)).await;
        let error = match attempt {
            Ok(Ok(handle)) => return Ok(handle),
            Ok(Err(Attempt::Final(error))) => return Err(error),
            Ok(Err(Attempt::Again(error))) => error,
            Err(_) => {
                let reason = || format!("{} was not to be had in time", place.topic);
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
    sender: &Sender,
    place: Place<'_>,
    record: &Record,
) -> Result<DeliveryHandle, Attempt> {
    let producer = sender.producer().await.map_err(|error| match error {
        BrokerError::Unreachable { .. } => Attempt::Again(error),
        error => Attempt::Final(error),
    })?;
    let error = match producer.enqueue(record::to_kafka(place, record)).await {
        Ok(handle) => return Ok(handle),
        Err(error) => error,
    };
    let name = TopicName::new(&**place.topic).expect("only legal names are in Kafka");
    let told = fault::queueing(&name, &error);
    if error.is_fatal() && !sender.is_closed() {
        sender.discard(&producer);
        return Err(Attempt::Again(told));
    }
    let known = producer.partitions_for(place.topic).await.map_or(0, |known| known.len());
    if known <= place.partition as usize {
        // The producer has an older view than we have: partitions were added.
        sender.look_again(place.topic).await;
        return Err(Attempt::Again(told));
    }
    match error {
        KrafkaError::Timeout { .. } | KrafkaError::Network(_) => Err(Attempt::Again(told)),
        _ => Err(Attempt::Final(told)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(partition: u32) -> Item {
        let (answer, _) = oneshot::channel();
        Item { partition, records: vec![], deadline: Instant::now(), answer }
    }

    #[tokio::test]
    async fn a_lane_keeps_order_and_ends_when_it_is_empty() {
        let (lanes, topic, other) = (Lanes::default(), Arc::from("t"), Arc::from("u"));
        assert!(!lanes.has(&topic));

        assert!(lanes.push(&topic, item(1)), "new");
        assert!(!lanes.push(&topic, item(2)), "there already");
        assert!(lanes.has(&topic) && !lanes.has(&other));
        assert_eq!(lanes.pop(&topic).unwrap().partition, 1);
        assert_eq!(lanes.pop(&topic).unwrap().partition, 2);
        assert!(lanes.has(&topic), "its last item is still being handed over");
        assert!(lanes.pop(&topic).is_none());

        assert!(!lanes.has(&topic));
        lanes.emptied().await;
        assert!(lanes.push(&topic, item(3)), "a new one can begin");
    }
}
