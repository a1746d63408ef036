//! Listening to patterns: topics that fit, those that there are and those to come.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::task::AbortHandle;

use super::{Channels, Hub, Kind, Subscriber, ends::Offsets, may_hear, topic::Listener};
use crate::{
    broker::{BrokerError, Cluster, TopicInfo},
    message::{Grant, TopicName, fits_glob},
};

/// Topics whose ends are asked for at once.
const ASKED_AT_ONCE: usize = 32;
/// Pause after a list of topics that did not come.
const RETRY: std::time::Duration = std::time::Duration::from_millis(500);

/// One who listens to a pattern, and what it may hear.
#[derive(Clone, Debug)]
struct Wish {
    subscriber: Arc<Subscriber>,
    grant: Arc<Grant>,
}

/// The patterns of one cluster, and the task that looks out for new topics.
#[derive(Debug)]
pub(super) struct Patterns {
    wishes: BTreeMap<Arc<[u8]>, BTreeMap<u64, Wish>>,
    /// Topics that the wishes have met.
    known: BTreeSet<TopicName>,
    scout: AbortHandle,
}

impl Patterns {
    pub(super) fn len(&self) -> usize {
        self.wishes.len()
    }

    fn of<'a>(&'a self, name: &'a TopicName) -> impl Iterator<Item = (&'a Arc<[u8]>, &'a Wish)> {
        let fits = |pattern: &Arc<[u8]>| fits_glob(pattern, name.as_str().as_bytes());
        let fitting = self.wishes.iter().filter(move |(pattern, _)| fits(pattern));
        let wishes = fitting.flat_map(|(pattern, all)| all.values().map(move |w| (pattern, w)));
        wishes.filter(|(_, wish)| may_hear(&wish.grant, name))
    }

    /// Those who are to hear all of a topic that nobody has met yet.
    pub(super) fn unmet(&mut self, name: &TopicName) -> Vec<(Kind, Listener)> {
        if self.known.contains(name) { Vec::new() } else { self.meeting(name) }
    }

    fn meeting(&self, name: &TopicName) -> Vec<(Kind, Listener)> {
        let met = self.of(name).map(|(pattern, wish)| {
            let subscriber = Arc::clone(&wish.subscriber);
            let listener = Listener { subscriber, from: Offsets::default() };
            (Kind::Pattern(Arc::clone(pattern)), listener)
        });
        met.collect()
    }

    /// How many hear of a topic.
    pub(super) fn fitting(&self, name: &TopicName) -> usize {
        self.of(name).count()
    }
}

impl Channels {
    /// Listens to every topic that fits and that the grant allows. Called again with another grant
    /// it adds what that allows.
    ///
    /// # Errors
    /// The broker does not list its topics or say where they end; call `leave_pattern` then.
    pub async fn listen_pattern(
        self: &Arc<Self>,
        subscriber: &Arc<Subscriber>,
        cluster: &Cluster,
        pattern: &Arc<[u8]>,
        grant: &Arc<Grant>,
    ) -> Result<(), BrokerError> {
        let wish = Wish { subscriber: Arc::clone(subscriber), grant: Arc::clone(grant) };
        let before = names(cluster).await?;
        let fits = |name: &TopicName| {
            fits_glob(pattern, name.as_str().as_bytes()) && may_hear(grant, name)
        };
        let fitting: Vec<_> = before.iter().filter(|name| fits(name)).cloned().collect();
        let ends = stream::iter(fitting)
            .map(|name| async move {
                let from = self.ends.of(cluster, &name).await?;
                Ok::<_, BrokerError>((name, from))
            })
            .buffer_unordered(ASKED_AT_ONCE)
            .try_collect::<Vec<_>>()
            .await?;
        self.wish(cluster, pattern, &wish, (&before, ends));
        // Topics that were made meanwhile: the scout may have met them before the wish was there.
        for name in names(cluster).await?.difference(&before).filter(|name| fits(name)) {
            self.meet((cluster, name), pattern, subscriber, Offsets::default());
        }
        Ok(())
    }

    /// Notes a wish, and all that is known of its topics; others are met by the scout.
    fn wish(
        self: &Arc<Self>,
        cluster: &Cluster,
        pattern: &Arc<[u8]>,
        wish: &Wish,
        (known, ends): (&BTreeSet<TopicName>, Vec<(TopicName, Offsets)>),
    ) {
        let mut hub = self.hub();
        let patterns = hub.patterns.entry(cluster.id).or_insert_with(|| {
            let scout = tokio::spawn(scout(Arc::clone(self), cluster.clone())).abort_handle();
            Patterns { wishes: BTreeMap::new(), known: BTreeSet::new(), scout }
        });
        patterns.known.extend(known.iter().cloned());
        let wishes = patterns.wishes.entry(Arc::clone(pattern)).or_default();
        wishes.insert(wish.subscriber.id(), wish.clone());
        for (name, from) in ends {
            let listener = Listener { subscriber: Arc::clone(&wish.subscriber), from };
            hub.attach(self, (cluster, &name), Kind::Pattern(Arc::clone(pattern)), listener);
        }
    }

    fn meet(
        self: &Arc<Self>,
        place: (&Cluster, &TopicName),
        pattern: &Arc<[u8]>,
        subscriber: &Arc<Subscriber>,
        from: Offsets,
    ) {
        let listener = Listener { subscriber: Arc::clone(subscriber), from };
        self.hub().attach(self, place, Kind::Pattern(Arc::clone(pattern)), listener);
    }

    /// A new topic: everyone whose pattern it fits hears all of it.
    pub(super) fn announce(self: &Arc<Self>, cluster: &Cluster, name: &TopicName) {
        let mut hub = self.hub();
        let Some(patterns) = hub.patterns.get_mut(&cluster.id) else { return };
        patterns.known.insert(name.clone());
        for (kind, listener) in patterns.meeting(name) {
            hub.attach(self, (cluster, name), kind, listener);
        }
    }

    /// Answers which of all topics are still to be announced; forgets those that are gone.
    fn unknown(&self, cluster: usize, topics: &BTreeSet<TopicName>) -> Vec<TopicName> {
        let mut hub = self.hub();
        let Some(patterns) = hub.patterns.get_mut(&cluster) else { return Vec::new() };
        patterns.known.retain(|name| topics.contains(name));
        topics.difference(&patterns.known).cloned().collect()
    }

    /// Takes up another grant: ends a pattern's subscriptions to topics that it does not allow.
    pub fn restrict_pattern(
        &self,
        subscriber: &Subscriber,
        cluster: usize,
        pattern: &Arc<[u8]>,
        grant: &Arc<Grant>,
    ) {
        let mut hub = self.hub();
        hub.detach_pattern(subscriber, cluster, pattern, |name| !may_hear(grant, name));
        let wishes = hub.patterns.get_mut(&cluster).and_then(|p| p.wishes.get_mut(pattern));
        if let Some(wish) = wishes.and_then(|wishes| wishes.get_mut(&subscriber.id())) {
            wish.grant = Arc::clone(grant);
        }
    }

    /// Ends listening to a pattern: when this returns nothing of it is laid into the queue any more.
    pub fn leave_pattern(&self, subscriber: &Subscriber, cluster: usize, pattern: &Arc<[u8]>) {
        let mut hub = self.hub();
        hub.detach_pattern(subscriber, cluster, pattern, |_| true);
        let Some(patterns) = hub.patterns.get_mut(&cluster) else { return };
        if let Some(wishes) = patterns.wishes.get_mut(pattern) {
            wishes.remove(&subscriber.id());
            if wishes.is_empty() {
                patterns.wishes.remove(pattern);
            }
        }
        if patterns.wishes.is_empty() {
            patterns.scout.abort();
            hub.patterns.remove(&cluster);
        }
    }
}

impl Hub {
    fn detach_pattern(
        &mut self,
        subscriber: &Subscriber,
        cluster: usize,
        pattern: &Arc<[u8]>,
        which: impl Fn(&TopicName) -> bool,
    ) {
        let fits = |name: &TopicName| fits_glob(pattern, name.as_str().as_bytes()) && which(name);
        let here = self.topics.keys().filter(|(id, name)| *id == cluster && fits(name));
        let places: Vec<_> = here.cloned().collect();
        for place in places {
            self.detach(subscriber, place, &Kind::Pattern(Arc::clone(pattern)));
        }
    }
}

async fn names(cluster: &Cluster) -> Result<BTreeSet<TopicName>, BrokerError> {
    let topics = cluster.broker.topics().await?;
    Ok(topics.into_iter().map(|TopicInfo { name, .. }| name).collect())
}

/// Looks out for topics that are made, as long as anybody listens to patterns of the cluster.
async fn scout(channels: Arc<Channels>, cluster: Cluster) {
    let mut made = cluster.broker.watch_topics();
    loop {
        made.mark_unchanged();
        let Ok(topics) = names(&cluster).await else {
            tokio::time::sleep(RETRY).await;
            continue;
        };
        for name in channels.unknown(cluster.id, &topics) {
            channels.announce(&cluster, &name);
        }
        if made.changed().await.is_err() {
            return;
        }
    }
}
