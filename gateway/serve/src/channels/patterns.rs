//! The pattern subscriptions of one cluster.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tokio::task::AbortHandle;

use super::{
    end_offsets::EndOffsets,
    subscriber::Subscriber,
    subscription::{Subscription, SubscriptionKind},
};
use crate::message::{Grant, TopicName, fits_glob};

/// One subscription to a pattern, and what its client may consume.
#[derive(Clone, Debug)]
pub(super) struct PatternSubscription {
    pub(super) subscriber: Arc<Subscriber>,
    pub(super) grant: Arc<Grant>,
}

/// The pattern subscriptions of one cluster, and the task that watches for new topics.
#[derive(Debug)]
pub(super) struct Patterns {
    /// By pattern, then by the id of the subscriber.
    subscriptions: BTreeMap<Arc<[u8]>, BTreeMap<u64, PatternSubscription>>,
    /// Topics that the subscriptions are attached to already, where they match.
    known: BTreeSet<TopicName>,
    topic_watcher: AbortHandle,
}

impl Patterns {
    /// No subscriptions yet; `topic_watcher` is aborted with the last one.
    pub(super) fn new(topic_watcher: AbortHandle) -> Self {
        Self { subscriptions: BTreeMap::new(), known: BTreeSet::new(), topic_watcher }
    }

    /// Different patterns.
    pub(super) fn len(&self) -> usize {
        self.subscriptions.len()
    }

    /// Adds a subscription, or replaces the subscriber's grant.
    pub(super) fn add(&mut self, pattern: &Arc<[u8]>, subscription: PatternSubscription) {
        let all = self.subscriptions.entry(Arc::clone(pattern)).or_default();
        all.insert(subscription.subscriber.id(), subscription);
    }

    /// Replaces the grant of a subscription, if there is one.
    pub(super) fn set_grant(&mut self, pattern: &[u8], subscriber: u64, grant: &Arc<Grant>) {
        let all = self.subscriptions.get_mut(pattern);
        if let Some(subscription) = all.and_then(|all| all.get_mut(&subscriber)) {
            subscription.grant = Arc::clone(grant);
        }
    }

    /// Removes a subscription; true if none is left and the topic watcher was aborted.
    pub(super) fn remove(&mut self, pattern: &[u8], subscriber: u64) -> bool {
        if let Some(all) = self.subscriptions.get_mut(pattern) {
            all.remove(&subscriber);
            if all.is_empty() {
                self.subscriptions.remove(pattern);
            }
        }
        if self.subscriptions.is_empty() {
            self.topic_watcher.abort();
        }
        self.subscriptions.is_empty()
    }

    /// Notes topics that the subscriptions are attached to.
    pub(super) fn note_known(&mut self, topics: impl IntoIterator<Item = TopicName>) {
        self.known.extend(topics);
    }

    /// Those of all topics that nothing is attached to yet; forgets topics that do not exist.
    pub(super) fn update_known(&mut self, topics: &BTreeSet<TopicName>) -> Vec<TopicName> {
        self.known.retain(|name| topics.contains(name));
        topics.difference(&self.known).cloned().collect()
    }

    /// Subscriptions that get the messages of a topic.
    pub(super) fn receivers(&self, name: &TopicName) -> usize {
        self.matching(name).count()
    }

    /// The subscriptions to a topic that just appeared: all of it is for them.
    pub(super) fn subscriptions_if_unknown(
        &self,
        name: &TopicName,
    ) -> Vec<(SubscriptionKind, Subscription)> {
        if self.known.contains(name) { Vec::new() } else { self.subscriptions_from_start(name) }
    }

    /// The subscriptions to a topic, from its first record.
    pub(super) fn subscriptions_from_start(
        &self,
        name: &TopicName,
    ) -> Vec<(SubscriptionKind, Subscription)> {
        let matching = self.matching(name).map(|(pattern, found)| {
            let subscriber = Arc::clone(&found.subscriber);
            let subscription = Subscription { subscriber, from: EndOffsets::default() };
            (SubscriptionKind::Pattern(Arc::clone(pattern)), subscription)
        });
        matching.collect()
    }

    fn matching<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> impl Iterator<Item = (&'a Arc<[u8]>, &'a PatternSubscription)> {
        let matches = |pattern: &Arc<[u8]>| fits_glob(pattern, name.as_str().as_bytes());
        let matching = self.subscriptions.iter().filter(move |(pattern, _)| matches(pattern));
        let all = matching.flat_map(|(pattern, all)| all.values().map(move |one| (pattern, one)));
        all.filter(|(_, one)| may_receive(&one.grant, name))
    }
}

/// May a client with this grant receive the messages of a topic?
pub(super) fn may_receive(grant: &Grant, name: &TopicName) -> bool {
    !name.is_internal() && grant.may_consume(name.as_str())
}
