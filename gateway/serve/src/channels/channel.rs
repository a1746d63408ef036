//! A topic with subscribers.

use std::{
    collections::{BTreeMap, HashSet, btree_map},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    batch::Batch,
    end_offsets::EndOffsets,
    subscription::{Subscription, SubscriptionKey, SubscriptionKind},
};
use crate::{broker::Cluster, message::TopicName};

/// A topic with subscribers.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) cluster: Cluster,
    pub(super) name: TopicName,
    /// Held while one batch is delivered, never across an await.
    subscriptions: Mutex<BTreeMap<SubscriptionKey, Subscription>>,
    /// How many there are by SUBSCRIBE, and by SSUBSCRIBE.
    channels: AtomicUsize,
    shards: AtomicUsize,
}

impl Channel {
    pub(super) fn new(cluster: Cluster, name: TopicName) -> Self {
        let (channels, shards) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { cluster, name, subscriptions: Mutex::default(), channels, shards }
    }

    fn subscriptions(&self) -> MutexGuard<'_, BTreeMap<SubscriptionKey, Subscription>> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn counter(&self, kind: &SubscriptionKind) -> Option<&AtomicUsize> {
        match kind {
            SubscriptionKind::Channel => Some(&self.channels),
            SubscriptionKind::Shard => Some(&self.shards),
            SubscriptionKind::Pattern(_) => None,
        }
    }

    /// Adds a subscription; one that exists already is kept as it is.
    pub(super) fn add(&self, kind: SubscriptionKind, subscription: Subscription) {
        let key = SubscriptionKey { subscriber: subscription.subscriber.id(), kind };
        if let btree_map::Entry::Vacant(free) = self.subscriptions().entry(key) {
            if let Some(count) = self.counter(&free.key().kind) {
                count.fetch_add(1, Ordering::Relaxed);
            }
            free.insert(subscription);
        }
    }

    /// Removes a subscription; true if none is left.
    pub(super) fn remove(&self, subscriber: u64, kind: &SubscriptionKind) -> bool {
        let mut subscriptions = self.subscriptions();
        let removed = subscriptions.remove(&SubscriptionKey { subscriber, kind: kind.clone() });
        if let Some(count) = self.counter(kind).filter(|_| removed.is_some()) {
            count.fetch_sub(1, Ordering::Relaxed);
        }
        subscriptions.is_empty()
    }

    /// Subscriptions of this kind; 0 for patterns, which are counted elsewhere.
    pub(super) fn count(&self, kind: &SubscriptionKind) -> usize {
        self.counter(kind).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// The topic was deleted and created again: the offsets known so far are void.
    pub(super) fn reset_offsets(&self) {
        let mut subscriptions = self.subscriptions();
        subscriptions.values_mut().for_each(|one| one.from = EndOffsets::default());
    }

    /// The principals of all subscribers.
    pub(super) fn principals(&self) -> HashSet<Arc<str>> {
        self.subscriptions().values().map(|one| one.subscriber.principal()).collect()
    }

    /// Puts a batch into the queues of all subscribers, or of `only` those. Returns who got
    /// nothing, because the batch holds nothing for their principal yet.
    pub(super) fn deliver(
        &self,
        batch: &mut Batch,
        only: Option<Vec<SubscriptionKey>>,
    ) -> Vec<SubscriptionKey> {
        let subscriptions = self.subscriptions();
        match only {
            None => {
                let all = subscriptions.iter();
                let left = all.filter(|(key, one)| !self.deliver_to(batch, &key.kind, one));
                left.map(|(key, _)| key.clone()).collect()
            }
            Some(mut only) => {
                only.retain(|key| {
                    let one = subscriptions.get(key);
                    one.is_some_and(|one| !self.deliver_to(batch, &key.kind, one))
                });
                only
            }
        }
    }

    fn deliver_to(&self, batch: &mut Batch, kind: &SubscriptionKind, to: &Subscription) -> bool {
        let from = to.from.get(batch.partition as usize).copied().unwrap_or(0);
        to.subscriber.push_with(|protocol, principal| {
            let messages = batch.by_principal.get_mut(principal)?;
            Some(messages.encode(&self.name, kind, protocol, from))
        })
    }
}
