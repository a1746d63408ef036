//! What one connection listens to, and what becomes of it when its login changes.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    broker::{Cluster, ClusterIndex},
    channels::{Channels, Subscriber, SubscriptionKind},
    message::{Grant, Rejection, TopicName},
    resp::Replies,
};

/// The subscriptions of one connection; they end with it.
pub(crate) struct Subscriptions {
    channels: Arc<Channels>,
    /// Made for the first subscription.
    subscriber: Option<Arc<Subscriber>>,
    /// Where the topics lie.
    cluster: ClusterIndex,
    names: BTreeSet<TopicName>,
    shards: BTreeSet<TopicName>,
    patterns: BTreeSet<Arc<[u8]>>,
    /// The login allows more than before: patterns may fit topics that they did not.
    must_renew_patterns: bool,
}

impl Subscriptions {
    pub(crate) fn new(channels: Arc<Channels>) -> Self {
        Self {
            channels,
            subscriber: None,
            cluster: ClusterIndex::default(),
            names: BTreeSet::new(),
            shards: BTreeSet::new(),
            patterns: BTreeSet::new(),
            must_renew_patterns: false,
        }
    }

    pub(super) fn set_subscriber(&mut self, subscriber: Arc<Subscriber>) {
        self.subscriber = Some(subscriber);
    }

    /// Must patterns be renewed? The answer is given once.
    pub(super) fn take_renewal(&mut self) -> bool {
        std::mem::take(&mut self.must_renew_patterns)
    }

    /// How many topics, sharded topics and patterns it listens to.
    pub(super) fn counts(&self) -> [usize; 3] {
        [self.names.len(), self.shards.len(), self.patterns.len()]
    }

    pub(crate) fn subscriber(&self) -> Option<&Arc<Subscriber>> {
        self.subscriber.as_ref()
    }

    /// Topics that it listens to by SUBSCRIBE, or by SSUBSCRIBE.
    pub(crate) fn names(&self, kind: &SubscriptionKind) -> &BTreeSet<TopicName> {
        if *kind == SubscriptionKind::Shard { &self.shards } else { &self.names }
    }

    pub(crate) fn patterns(&self) -> &BTreeSet<Arc<[u8]>> {
        &self.patterns
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len() + self.shards.len() + self.patterns.len()
    }

    /// The number that a confirmation carries: as in Redis, sharded ones are counted apart.
    pub(crate) fn count(&self, kind: &SubscriptionKind) -> usize {
        match kind {
            SubscriptionKind::Shard => self.shards.len(),
            SubscriptionKind::Channel | SubscriptionKind::Pattern(_) => {
                self.names.len() + self.patterns.len()
            }
        }
    }

    pub(crate) fn add(&mut self, cluster: &Cluster, kind: &SubscriptionKind, name: TopicName) {
        self.cluster = cluster.index;
        if *kind == SubscriptionKind::Shard { &mut self.shards } else { &mut self.names }
            .insert(name);
    }

    pub(crate) fn add_pattern(&mut self, cluster: &Cluster, pattern: Arc<[u8]>) {
        self.cluster = cluster.index;
        self.patterns.insert(pattern);
    }

    pub(crate) fn unsubscribe(&mut self, kind: &SubscriptionKind, name: &TopicName) {
        let names =
            if *kind == SubscriptionKind::Shard { &mut self.shards } else { &mut self.names };
        if let Some(subscriber) = self.subscriber.as_ref().filter(|_| names.remove(name)) {
            self.channels.unsubscribe(subscriber, self.cluster, name, kind);
        }
    }

    pub(crate) fn unsubscribe_pattern(&mut self, pattern: &Arc<[u8]>) {
        if let Some(subscriber) = self.subscriber.as_ref().filter(|_| self.patterns.remove(pattern))
        {
            self.channels.punsubscribe(subscriber, self.cluster, pattern);
        }
    }

    /// Ends everything, and says nothing.
    pub(crate) fn unsubscribe_all(&mut self) {
        for kind in [SubscriptionKind::Channel, SubscriptionKind::Shard] {
            let names = self.names(&kind).clone();
            names.iter().for_each(|name| self.unsubscribe(&kind, name));
        }
        let patterns = self.patterns.clone();
        patterns.iter().for_each(|pattern| self.unsubscribe_pattern(pattern));
    }

    /// Ends what another login does not allow; answers what that was.
    pub(super) fn restrict(
        &mut self,
        cluster: ClusterIndex,
        grant: &Arc<Grant>,
    ) -> Vec<(SubscriptionKind, Vec<u8>, usize)> {
        let is_elsewhere = cluster != self.cluster;
        let mut ended = Vec::new();
        for kind in [SubscriptionKind::Channel, SubscriptionKind::Shard] {
            let may = |name: &TopicName| !is_elsewhere && grant.may_consume(name.as_str());
            let lost = self.names(&kind).iter().filter(|name| !may(name));
            for name in lost.cloned().collect::<Vec<_>>() {
                self.unsubscribe(&kind, &name);
                ended.push((kind.clone(), name.as_str().into(), self.count(&kind)));
            }
        }
        for pattern in self.patterns.clone() {
            let kind = SubscriptionKind::Pattern(Arc::clone(&pattern));
            if is_elsewhere {
                self.unsubscribe_pattern(&pattern);
                ended.push((kind.clone(), pattern.to_vec(), self.count(&kind)));
            } else if let Some(subscriber) = &self.subscriber {
                self.channels.restrict_pattern(subscriber, cluster, &pattern, grant);
            }
        }
        self.must_renew_patterns = !self.patterns.is_empty();
        ended
    }
}

impl Drop for Subscriptions {
    fn drop(&mut self) {
        self.unsubscribe_all();
    }
}

/// Sends a confirmation: its word, the name (null if there was none), and how many subscriptions
/// there are now.
pub(crate) fn confirm(replies: &mut Replies, word: &str, name: Option<&[u8]>, count: usize) {
    replies.push(3);
    replies.bulk(word.as_bytes());
    match name {
        Some(name) => replies.bulk(name),
        None => replies.null(),
    }
    replies.count(count);
}

/// The word of a confirmation that a subscription has ended.
pub(crate) fn unsubscribed(kind: &SubscriptionKind) -> &'static str {
    match kind {
        SubscriptionKind::Channel => "unsubscribe",
        SubscriptionKind::Shard => "sunsubscribe",
        SubscriptionKind::Pattern(_) => "punsubscribe",
    }
}

/// The topic behind a channel.
///
/// # Errors
/// The name is not that of a topic.
pub(crate) fn channel_topic(channel: &[u8]) -> Result<TopicName, Rejection> {
    TopicName::new(channel)
        .map_err(|error| Rejection::err(format!("a channel is a topic: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_has_the_name_of_a_topic() {
        assert_eq!(channel_topic(b"orders").unwrap().as_str(), "orders");
        let refused = channel_topic(b"no topic").unwrap_err().to_string();
        assert!(refused.contains("a channel is a topic: "), "{refused}");
    }
}
