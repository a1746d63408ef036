//! Stores records: at once where the producer knows the topic, through a lane where it has yet
//! to learn of it.

use std::{sync::Arc, vec};

use futures_util::FutureExt;
use krafka::producer::{DeliveryHandle, Producer};
use tokio::{
    sync::oneshot,
    task::coop::unconstrained,
    time::{Instant, timeout},
};

use self::{
    budget::Budget,
    lane::{Item, Lanes},
    sender::Sender,
};
use super::{link::Link, settings::ClusterSettings, topics::Topic};
use crate::{
    broker::{Append, BrokerError},
    message::Record,
};

mod answer;
mod budget;
mod lane;
mod record;
mod sender;

pub(super) use answer::{Burst, Taken};

/// All producing to one cluster.
#[derive(Debug)]
pub(super) struct Produce {
    settings: Arc<ClusterSettings>,
    sender: Arc<Sender>,
    lanes: Arc<Lanes>,
    budget: Arc<Budget>,
}

impl Produce {
    /// Nothing is connected until [`warm`](Self::warm) or the first record.
    pub(super) fn new(settings: &Arc<ClusterSettings>, link: Arc<Link>) -> Self {
        Self {
            settings: Arc::clone(settings),
            sender: Arc::new(Sender::new(Arc::clone(settings), link)),
            lanes: Arc::default(),
            budget: Arc::new(Budget::new(settings.queue_bytes_max)),
        }
    }

    /// Makes the producer, so that the first record need not wait for it.
    ///
    /// # Errors
    /// `Unreachable`, or what Kafka said.
    pub(super) async fn warm(&self) -> Result<(), BrokerError> {
        self.sender.producer().await.map(drop)
    }

    /// Takes an append, in the order of calls. Never blocks; what is taken will be stored or
    /// given up whether or not anybody waits for its answer.
    ///
    /// # Errors
    /// `Busy`, `Refused`; nothing was taken.
    pub(super) fn take(&self, topic: &Topic, append: Append) -> Result<Taken, BrokerError> {
        let Append { topic: name, partition, records, expected_offset } = append;
        if expected_offset.is_some() {
            let reason =
                "Kafka stores records where the partition ends and nowhere else".to_owned();
            return Err(BrokerError::Refused { reason });
        }
        let bytes = record::check(&records)?;
        let Some(hold) = self.budget.take(bytes) else {
            return Err(BrokerError::Busy { topic: name });
        };
        let place = Place { topic: &topic.in_kafka, partition };
        let mut taken = Taken::new(name, hold, self.settings.delivery_timeout);
        let rest = match self.sender.now() {
            Some(producer) if !self.lanes.has(place.topic) => {
                let mut handles = Vec::with_capacity(records.len());
                let rest = enqueue(&producer, place, records, &mut handles);
                taken.handles(handles);
                rest
            }
            _ => records,
        };
        if !rest.is_empty() {
            taken.follows(self.to_lane(place, rest, taken.deadline()));
        }
        Ok(taken)
    }

    /// Waits until everything taken has its answer, and closes the producer.
    ///
    /// # Errors
    /// `Unknown` if some of it has none.
    pub(super) async fn close(&self) -> Result<(), BrokerError> {
        let limit = self.settings.delivery_timeout;
        // Every item in a lane gives up at its own deadline, which is no later.
        let lanes = timeout(limit + limit / 4, self.lanes.emptied()).await;
        self.sender.close(limit + limit / 4).await?;
        lanes.map_err(|_| BrokerError::Unknown { reason: "records were still waiting".to_owned() })
    }

    fn to_lane(
        &self,
        place: Place<'_>,
        records: Vec<Record>,
        deadline: Instant,
    ) -> oneshot::Receiver<lane::Outcome> {
        let (answer, outcome) = oneshot::channel();
        let item = Item { partition: place.partition, records, deadline, answer };
        if self.lanes.push(place.topic, item) {
            let (lanes, sender) = (Arc::clone(&self.lanes), Arc::clone(&self.sender));
            tokio::spawn(lane::drain(lanes, sender, Arc::clone(place.topic)));
        }
        outcome
    }
}

/// Where records go, in Kafka's terms.
#[derive(Clone, Copy)]
struct Place<'a> {
    topic: &'a Arc<str>,
    partition: u32,
}

/// Queues records while the producer takes them without waiting; answers those that it did not.
fn enqueue(
    producer: &Producer,
    place: Place<'_>,
    records: Vec<Record>,
    handles: &mut Vec<DeliveryHandle>,
) -> Vec<Record> {
    let mut records: vec::IntoIter<Record> = records.into_iter();
    while let Some(next) = records.as_slice().first() {
        let sending = producer.enqueue(record::to_kafka(place, next));
        // Without the runtime's budget, whose end would look like having to wait. A record that
        // would have to wait or is refused was not queued: the lane finds out why.
        let Some(Ok(handle)) = unconstrained(sending).now_or_never() else { break };
        handles.push(handle);
        records.next();
    }
    records.collect()
}
