//! Hears from Kafka's client which partitions come and go.

use std::sync::{Arc, OnceLock, Weak};

use krafka::consumer::{Consumer, ConsumerRebalanceListener, TopicPartition};

use super::claim::Claim;

/// Keeps a [`Claim`] as the group deals it.
#[derive(Clone)]
pub(super) struct Listener {
    claim: Arc<Claim>,
    /// The consumer that calls it; set before the consumer subscribes.
    consumer: Arc<OnceLock<Weak<Consumer>>>,
}

impl Listener {
    /// A listener for a consumer that is still to be made.
    pub(super) fn new(claim: Arc<Claim>) -> Self {
        Self { claim, consumer: Arc::default() }
    }

    /// Tells it whom it listens to.
    pub(super) fn listen_to(&self, consumer: &Arc<Consumer>) {
        // It is made for one consumer only.
        let _ = self.consumer.set(Arc::downgrade(consumer));
    }

    /// The partitions of the topic among `places`.
    fn of_topic<'a>(&'a self, places: &'a [TopicPartition]) -> impl Iterator<Item = u32> + 'a {
        let of_topic = places.iter().filter(|place| place.topic == self.claim.name);
        of_topic.filter_map(|place| u32::try_from(place.partition).ok())
    }
}

impl ConsumerRebalanceListener for Listener {
    async fn on_partitions_assigned(&self, places: &[TopicPartition]) {
        if let Some(consumer) = self.consumer.get().and_then(Weak::upgrade) {
            // Here, since the client would fetch before the poll returns.
            for place in places {
                consumer.pause(&place.topic, &[place.partition]).await;
            }
        }
        self.claim.add(self.of_topic(places)).await;
    }

    async fn on_partitions_revoked(&self, places: &[TopicPartition]) {
        self.claim.remove(self.of_topic(places)).await;
    }

    async fn on_partitions_lost(&self, places: &[TopicPartition]) {
        self.claim.remove(self.of_topic(places)).await;
    }
}
