//! PSUBSCRIBE: subscribing to the topics that match a pattern, also those created later.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    Channels, Subscriber, SubscriptionKind, SubscriptionTable,
    end_offsets::EndOffsets,
    patterns::{PatternSubscription, Patterns, may_receive},
    subscription::Subscription,
};
use crate::{
    broker::{BrokerError, Cluster, ClusterIndex, TopicInfo},
    message::{Grant, TopicName, fits_glob},
};

/// Topics whose end offsets are looked up at once.
const LOOKUPS_AT_ONCE: usize = 32;
/// Pause after a failed listing of the topics.
const RETRY: Duration = Duration::from_millis(500);

/// The topics of a cluster at one time.
struct TopicSnapshot {
    all: BTreeSet<TopicName>,
    /// Those that match, and where they end.
    matching: Vec<(TopicName, EndOffsets)>,
}

impl Channels {
    /// Subscribes to every topic that matches and that the grant allows. Called again with another
    /// grant it adds what that allows.
    ///
    /// # Errors
    /// The broker does not list its topics or their end offsets; call `punsubscribe` then.
    pub async fn psubscribe(
        self: &Arc<Self>,
        subscriber: &Arc<Subscriber>,
        cluster: &Cluster,
        pattern: &Arc<[u8]>,
        grant: &Arc<Grant>,
    ) -> Result<(), BrokerError> {
        let matches = |name: &TopicName| {
            fits_glob(pattern, name.as_str().as_bytes()) && may_receive(grant, name)
        };
        let all = topic_names(cluster).await?;
        let names: Vec<_> = all.iter().filter(|name| matches(name)).cloned().collect();
        let matching = self.look_up_ends(cluster, names).await?;
        let subscription =
            PatternSubscription { subscriber: Arc::clone(subscriber), grant: Arc::clone(grant) };
        let snapshot = TopicSnapshot { all, matching };
        let before = snapshot.all.clone();
        self.add_pattern(cluster, pattern, subscription, snapshot);
        // Topics that were created meanwhile: the watcher may have seen them before the
        // subscription was there.
        for name in topic_names(cluster).await?.difference(&before).filter(|name| matches(name)) {
            let from = EndOffsets::default();
            let subscription = Subscription { subscriber: Arc::clone(subscriber), from };
            let kind = SubscriptionKind::Pattern(Arc::clone(pattern));
            self.table().add(self, (cluster, name), kind, subscription);
        }
        Ok(())
    }

    async fn look_up_ends(
        &self,
        cluster: &Cluster,
        names: Vec<TopicName>,
    ) -> Result<Vec<(TopicName, EndOffsets)>, BrokerError> {
        let lookups = stream::iter(names).map(|name| async move {
            let from = self.end_offsets.of(cluster, &name).await?;
            Ok::<_, BrokerError>((name, from))
        });
        lookups.buffer_unordered(LOOKUPS_AT_ONCE).try_collect().await
    }

    /// Adds a pattern subscription, and attaches it to the topics that exist; the watcher attaches
    /// it to others.
    fn add_pattern(
        self: &Arc<Self>,
        cluster: &Cluster,
        pattern: &Arc<[u8]>,
        subscription: PatternSubscription,
        topics: TopicSnapshot,
    ) {
        let mut table = self.table();
        let patterns = table.patterns.entry(cluster.index).or_insert_with(|| {
            let watcher = tokio::spawn(watch_topics(Arc::clone(self), cluster.clone()));
            Patterns::new(watcher.abort_handle())
        });
        let subscriber = Arc::clone(&subscription.subscriber);
        patterns.note_known(topics.all);
        patterns.add(pattern, subscription);
        for (name, from) in topics.matching {
            let subscription = Subscription { subscriber: Arc::clone(&subscriber), from };
            let kind = SubscriptionKind::Pattern(Arc::clone(pattern));
            table.add(self, (cluster, &name), kind, subscription);
        }
    }

    /// Applies another grant: ends the pattern's subscriptions to topics that it does not allow.
    pub fn restrict_pattern(
        &self,
        subscriber: &Subscriber,
        cluster: ClusterIndex,
        pattern: &Arc<[u8]>,
        grant: &Arc<Grant>,
    ) {
        let mut table = self.table();
        table.remove_pattern(subscriber, cluster, pattern, |name| !may_receive(grant, name));
        if let Some(patterns) = table.patterns.get_mut(&cluster) {
            patterns.set_grant(pattern, subscriber.id(), grant);
        }
    }

    /// Ends a pattern subscription: when this returns, it puts nothing more into the queue.
    pub fn punsubscribe(
        &self,
        subscriber: &Subscriber,
        cluster: ClusterIndex,
        pattern: &Arc<[u8]>,
    ) {
        let mut table = self.table();
        table.remove_pattern(subscriber, cluster, pattern, |_| true);
        let Some(patterns) = table.patterns.get_mut(&cluster) else { return };
        if patterns.remove(pattern, subscriber.id()) {
            table.patterns.remove(&cluster);
        }
    }

    /// Topics that the pattern subscriptions are not attached to yet.
    fn new_topics(&self, cluster: ClusterIndex, topics: &BTreeSet<TopicName>) -> Vec<TopicName> {
        let mut table = self.table();
        let patterns = table.patterns.get_mut(&cluster);
        patterns.map(|patterns| patterns.update_known(topics)).unwrap_or_default()
    }
}

impl SubscriptionTable {
    /// Removes the subscriptions that a pattern made to the topics for which `which` is true.
    fn remove_pattern(
        &mut self,
        subscriber: &Subscriber,
        cluster: ClusterIndex,
        pattern: &Arc<[u8]>,
        which: impl Fn(&TopicName) -> bool,
    ) {
        let matches =
            |name: &TopicName| fits_glob(pattern, name.as_str().as_bytes()) && which(name);
        let all = self.channels.keys();
        let matching = all.filter(|topic| topic.cluster == cluster && matches(&topic.topic));
        let topics: Vec<_> = matching.cloned().collect();
        for topic in &topics {
            self.remove(subscriber, topic, &SubscriptionKind::Pattern(Arc::clone(pattern)));
        }
    }
}

async fn topic_names(cluster: &Cluster) -> Result<BTreeSet<TopicName>, BrokerError> {
    let topics = cluster.broker.topics().await?;
    Ok(topics.into_iter().map(|TopicInfo { name, .. }| name).collect())
}

/// Attaches the pattern subscriptions of a cluster to new topics, until the task is aborted.
async fn watch_topics(channels: Arc<Channels>, cluster: Cluster) {
    let mut changes = cluster.broker.watch_topics();
    loop {
        changes.mark_unchanged();
        let Ok(topics) = topic_names(&cluster).await else {
            tokio::time::sleep(RETRY).await;
            continue;
        };
        for name in channels.new_topics(cluster.index, &topics) {
            channels.topic_created(&cluster, &name);
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}
