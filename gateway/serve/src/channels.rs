//! Topics as channels: who listens on this gateway, and one feed for each topic that serves them all.
//!
//! A subscription is live: it gets what is stored from its confirmation on, each partition in order
//! and each message once, whoever stored it. A feed reads its topic once for all who
//! listen and lays the same bytes into every subscriber's queue; it waits for nobody. Nothing here
//! knows commands or sockets: sessions write what lies in their queues.

use std::{
    collections::{BTreeMap, HashMap, hash_map},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::Notify, task::AbortHandle};

use crate::{
    broker::{BrokerError, Cluster},
    message::{Grant, TopicName},
    pipeline::Pipeline,
};

mod ends;
mod feed;
mod patterns;
mod subscriber;
mod topic;
mod view;

pub use subscriber::{Cut, Subscriber};
pub use topic::Kind;

use ends::Ends;
use patterns::Patterns;
use topic::{Listener, Topic};

/// A topic of a cluster.
type Place = (usize, TopicName);

/// Everyone who listens on this gateway.
#[derive(Debug)]
pub struct Channels {
    pipeline: Arc<Pipeline>,
    ends: Ends,
    /// Most bytes that wait for one subscriber.
    bytes_max: usize,
    /// Held for one look or change, never across an await; a topic's own lock may be taken inside.
    hub: Mutex<Hub>,
}

#[derive(Debug, Default)]
struct Hub {
    /// Topics that somebody listens to.
    topics: HashMap<Place, Seat>,
    /// Patterns, for each cluster with any.
    patterns: BTreeMap<usize, Patterns>,
}

/// A topic with listeners, and the task that feeds them.
#[derive(Debug)]
struct Seat {
    topic: Arc<Topic>,
    feed: AbortHandle,
}

impl Channels {
    /// Nobody listens yet; a subscriber for whom more than `bytes_max` wait is cut off.
    pub fn new(pipeline: Arc<Pipeline>, bytes_max: usize) -> Arc<Self> {
        Arc::new(Self { pipeline, ends: Ends::default(), bytes_max, hub: Mutex::default() })
    }

    fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that is about to listen; `bell` is rung when something waits for it.
    pub fn subscriber(&self, id: u64, bell: Arc<Notify>, principal: Arc<str>) -> Arc<Subscriber> {
        Arc::new(Subscriber::new(id, bell, principal, self.bytes_max))
    }

    /// Listens to a topic, which need not exist yet. What is stored from now on will come.
    ///
    /// # Errors
    /// The broker does not say where the topic ends; nobody listens then.
    pub async fn listen(
        self: &Arc<Self>,
        subscriber: &Arc<Subscriber>,
        cluster: &Cluster,
        name: &TopicName,
        kind: Kind,
    ) -> Result<(), BrokerError> {
        let from = self.ends.of(cluster, name).await?;
        let listener = Listener { subscriber: Arc::clone(subscriber), from };
        self.hub().attach(self, (cluster, name), kind, listener);
        Ok(())
    }

    /// Ends a subscription: when this returns nothing of it is laid into the queue any more.
    pub fn leave(&self, subscriber: &Subscriber, cluster: usize, name: &TopicName, kind: &Kind) {
        self.hub().detach(subscriber, (cluster, name.clone()), kind);
    }

    /// How many get a message of this topic on this gateway; a client that listens twice counts
    /// twice.
    pub fn receivers(&self, cluster: usize, name: &TopicName) -> usize {
        let hub = self.hub();
        let seat = hub.topics.get(&(cluster, name.clone()));
        let named = seat
            .map_or(0, |seat| seat.topic.count(&Kind::Channel) + seat.topic.count(&Kind::Shard));
        // By the patterns themselves: a topic that was made a moment ago may not have met them yet.
        named + hub.patterns.get(&cluster).map_or(0, |patterns| patterns.fitting(name))
    }

    /// Topics of a cluster that have listeners of this kind, sorted, and how many.
    pub fn active(&self, cluster: usize, kind: &Kind) -> BTreeMap<TopicName, usize> {
        let hub = self.hub();
        let here = hub.topics.iter().filter(|((id, _), _)| *id == cluster);
        here.map(|((_, name), seat)| (name.clone(), seat.topic.count(kind)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// Listeners of this kind to one topic.
    pub fn count(&self, cluster: usize, name: &TopicName, kind: &Kind) -> usize {
        let hub = self.hub();
        hub.topics.get(&(cluster, name.clone())).map_or(0, |seat| seat.topic.count(kind))
    }

    /// How many different patterns somebody listens to.
    pub fn pattern_count(&self, cluster: usize) -> usize {
        self.hub().patterns.get(&cluster).map_or(0, Patterns::len)
    }

    /// Topics and patterns of all clusters that somebody listens to.
    pub fn totals(&self) -> (usize, usize) {
        let hub = self.hub();
        let with = |kind| hub.topics.values().filter(|s| s.topic.count(&kind) > 0).count();
        (with(Kind::Channel) + with(Kind::Shard), hub.patterns.values().map(Patterns::len).sum())
    }
}

impl Hub {
    /// Puts a listener to a topic, and a feed under the first; one that is there already stays.
    fn attach(
        &mut self,
        channels: &Arc<Channels>,
        (cluster, name): (&Cluster, &TopicName),
        kind: Kind,
        listener: Listener,
    ) {
        let seat = match self.topics.entry((cluster.id, name.clone())) {
            hash_map::Entry::Occupied(seat) => seat.into_mut(),
            hash_map::Entry::Vacant(free) => {
                let topic = Arc::new(Topic::new(cluster.clone(), name.clone()));
                // Before the feed reads anything: what it has passed by is not read again.
                let patterns = self.patterns.get_mut(&cluster.id);
                let unmet = patterns.map(|patterns| patterns.unmet(name)).unwrap_or_default();
                let start = if unmet.is_empty() { listener.from.to_vec() } else { Vec::new() };
                unmet.into_iter().for_each(|(kind, listener)| topic.add(kind, listener));
                let feed = feed::run(Arc::clone(channels), Arc::clone(&topic), start);
                free.insert(Seat { topic, feed: tokio::spawn(feed).abort_handle() })
            }
        };
        seat.topic.add(kind, listener);
    }

    fn detach(&mut self, subscriber: &Subscriber, place: Place, kind: &Kind) {
        let hash_map::Entry::Occupied(seat) = self.topics.entry(place) else { return };
        if seat.get().topic.remove(subscriber.id(), kind) {
            seat.get().feed.abort();
            seat.remove();
        }
    }
}

/// May a client with this grant hear of the topic?
fn may_hear(grant: &Grant, name: &TopicName) -> bool {
    !name.is_internal() && grant.may_consume(name.as_str())
}
