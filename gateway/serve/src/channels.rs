//! Topics as Redis channels: the subscriptions on this gateway, and one fan-out task for each topic.
//!
//! A subscription is live: it gets the messages that are stored after its confirmation, each
//! partition in order and each message once, whichever gateway stored them. The fan-out of a topic
//! reads it once for all subscribers and puts the same bytes into the queue of each; it waits for
//! none of them. Nothing here knows commands or sockets: sessions send what is in their queues.

use std::{
    collections::{BTreeMap, HashMap, hash_map},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::Notify, task::AbortHandle};

use crate::{
    broker::{BrokerError, Cluster, ClusterIndex, ClusterTopic},
    message::TopicName,
    pipeline::Pipeline,
};

mod batch;
mod channel;
mod end_offsets;
mod fanout;
mod patterns;
mod psubscribe;
mod subscriber;
mod subscription;

pub use subscriber::{Subscriber, SubscriberError};
pub use subscription::SubscriptionKind;

use channel::Channel;
use end_offsets::EndOffsetLookups;
use patterns::Patterns;
use subscription::Subscription;

/// All subscriptions on this gateway.
#[derive(Debug)]
pub struct Channels {
    pipeline: Arc<Pipeline>,
    end_offsets: EndOffsetLookups,
    /// Most bytes in the queue of one subscriber.
    bytes_max: usize,
    /// Held for one look or change, never across an await; a channel's own lock may be taken inside.
    table: Mutex<SubscriptionTable>,
}

#[derive(Debug, Default)]
struct SubscriptionTable {
    /// Topics with subscribers.
    channels: HashMap<ClusterTopic, ActiveChannel>,
    /// Patterns, for each cluster with any.
    patterns: BTreeMap<ClusterIndex, Patterns>,
}

/// A channel with subscribers, and its fan-out task.
#[derive(Debug)]
struct ActiveChannel {
    channel: Arc<Channel>,
    fanout: AbortHandle,
}

/// How many channels and patterns have subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelTotals {
    /// Topics that somebody has subscribed to by name.
    pub channels: usize,
    /// Different patterns, of all clusters.
    pub patterns: usize,
}

impl Channels {
    /// No subscriptions yet. A subscriber whose queue would exceed `bytes_max` is disconnected.
    pub fn new(pipeline: Arc<Pipeline>, bytes_max: usize) -> Arc<Self> {
        let (end_offsets, table) = (EndOffsetLookups::default(), Mutex::default());
        Arc::new(Self { pipeline, end_offsets, bytes_max, table })
    }

    fn table(&self) -> MutexGuard<'_, SubscriptionTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that is about to subscribe; `notify` is notified when its queue gets something.
    pub fn subscriber(&self, id: u64, notify: Arc<Notify>, principal: Arc<str>) -> Arc<Subscriber> {
        Arc::new(Subscriber::new(id, notify, principal, self.bytes_max))
    }

    /// Subscribes to a topic, which need not exist yet, from its present end.
    ///
    /// # Errors
    /// The broker does not answer with the end offsets; there is no subscription then.
    pub async fn subscribe(
        self: &Arc<Self>,
        subscriber: &Arc<Subscriber>,
        cluster: &Cluster,
        name: &TopicName,
        kind: SubscriptionKind,
    ) -> Result<(), BrokerError> {
        let from = self.end_offsets.of(cluster, name).await?;
        let subscription = Subscription { subscriber: Arc::clone(subscriber), from };
        self.table().add(self, (cluster, name), kind, subscription);
        Ok(())
    }

    /// Ends a subscription: when this returns, it puts nothing more into the queue.
    pub fn unsubscribe(
        &self,
        subscriber: &Subscriber,
        cluster: ClusterIndex,
        name: &TopicName,
        kind: &SubscriptionKind,
    ) {
        self.table().remove(subscriber, &ClusterTopic { cluster, topic: name.clone() }, kind);
    }

    /// Subscriptions on this gateway that get a message of this topic; a client with two counts
    /// twice.
    pub fn receivers(&self, cluster: ClusterIndex, name: &TopicName) -> usize {
        let table = self.table();
        let channel = table.channel(cluster, name);
        let named = channel.map_or(0, |channel| {
            channel.count(&SubscriptionKind::Channel) + channel.count(&SubscriptionKind::Shard)
        });
        // By the patterns themselves: a topic that was just created may not be attached to them yet.
        let patterns = table.patterns.get(&cluster);
        named + patterns.map_or(0, |patterns| patterns.receivers(name))
    }

    /// Topics of a cluster with subscriptions of this kind, sorted, and how many each has.
    pub fn active(
        &self,
        cluster: ClusterIndex,
        kind: &SubscriptionKind,
    ) -> BTreeMap<TopicName, usize> {
        let table = self.table();
        let here = table.channels.iter().filter(|(topic, _)| topic.cluster == cluster);
        here.map(|(topic, active)| (topic.topic.clone(), active.channel.count(kind)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// Subscriptions of this kind to one topic.
    pub fn count(&self, cluster: ClusterIndex, name: &TopicName, kind: &SubscriptionKind) -> usize {
        self.table().channel(cluster, name).map_or(0, |channel| channel.count(kind))
    }

    /// Different patterns of a cluster that have subscribers.
    pub fn pattern_count(&self, cluster: ClusterIndex) -> usize {
        self.table().patterns.get(&cluster).map_or(0, Patterns::len)
    }

    /// Channels and patterns of all clusters that have subscribers.
    pub fn totals(&self) -> ChannelTotals {
        let table = self.table();
        let channels = || table.channels.values().map(|active| &active.channel);
        let with = |kind| channels().filter(|channel| channel.count(&kind) > 0).count();
        ChannelTotals {
            channels: with(SubscriptionKind::Channel) + with(SubscriptionKind::Shard),
            patterns: table.patterns.values().map(Patterns::len).sum(),
        }
    }

    /// A topic was created: everyone whose pattern matches it gets all of it.
    fn topic_created(self: &Arc<Self>, cluster: &Cluster, name: &TopicName) {
        let mut table = self.table();
        let Some(patterns) = table.patterns.get_mut(&cluster.index) else { return };
        patterns.note_known([name.clone()]);
        for (kind, subscription) in patterns.subscriptions_from_start(name) {
            table.add(self, (cluster, name), kind, subscription);
        }
    }
}

impl SubscriptionTable {
    fn channel(&self, cluster: ClusterIndex, name: &TopicName) -> Option<&Channel> {
        self.channels
            .get(&ClusterTopic { cluster, topic: name.clone() })
            .map(|active| &*active.channel)
    }

    /// Adds a subscription, and starts the fan-out for the first one of a topic. A subscription
    /// that exists already is kept as it is.
    fn add(
        &mut self,
        channels: &Arc<Channels>,
        (cluster, name): (&Cluster, &TopicName),
        kind: SubscriptionKind,
        subscription: Subscription,
    ) {
        let active = match self.channels.entry(cluster.topic(name)) {
            hash_map::Entry::Occupied(active) => active.into_mut(),
            hash_map::Entry::Vacant(free) => {
                let channel = Arc::new(Channel::new(cluster.clone(), name.clone()));
                // Before the fan-out reads anything: it does not read a record twice.
                let patterns = self.patterns.get_mut(&cluster.index);
                let new = patterns.map(|patterns| patterns.subscriptions_if_unknown(name));
                let new = new.unwrap_or_default();
                let start = if new.is_empty() { subscription.from.to_vec() } else { Vec::new() };
                new.into_iter().for_each(|(kind, subscription)| channel.add(kind, subscription));
                free.insert(ActiveChannel {
                    fanout: start_fanout(channels, &channel, start),
                    channel,
                })
            }
        };
        active.channel.add(kind, subscription);
    }

    fn remove(&mut self, subscriber: &Subscriber, topic: &ClusterTopic, kind: &SubscriptionKind) {
        let Some(active) = self.channels.get(topic) else { return };
        if active.channel.remove(subscriber.id(), kind) {
            active.fanout.abort();
            self.channels.remove(topic);
        }
    }
}

fn start_fanout(channels: &Arc<Channels>, channel: &Arc<Channel>, start: Vec<u64>) -> AbortHandle {
    let pipeline = Arc::clone(&channels.pipeline);
    let channels = Arc::clone(channels);
    let on_created = move |channel: &Channel| {
        channels.topic_created(&channel.cluster, &channel.name);
    };
    let fanout = fanout::run(pipeline, Arc::clone(channel), start, on_created);
    tokio::spawn(fanout).abort_handle()
}
