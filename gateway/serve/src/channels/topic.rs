//! A topic that somebody listens to.

use std::{
    collections::{BTreeMap, HashSet, btree_map},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{Subscriber, ends::Offsets, view::Batch};
use crate::{broker::Cluster, message::TopicName};

/// By which kind of command somebody listens; it decides how messages are worded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// SUBSCRIBE
    Channel,
    /// SSUBSCRIBE
    Shard,
    /// PSUBSCRIBE, with this pattern
    Pattern(Arc<[u8]>),
}

/// One subscription.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) subscriber: Arc<Subscriber>,
    /// What lies before was stored before it began.
    pub(super) from: Offsets,
}

/// A subscriber, and how it listens.
pub(super) type Key = (u64, Kind);

/// A topic that somebody listens to.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) cluster: Cluster,
    pub(super) name: TopicName,
    /// Held while one batch is handed out, never across an await.
    listeners: Mutex<BTreeMap<Key, Listener>>,
    /// How many there are by SUBSCRIBE, and by SSUBSCRIBE.
    channels: AtomicUsize,
    shards: AtomicUsize,
}

impl Topic {
    pub(super) fn new(cluster: Cluster, name: TopicName) -> Self {
        let (channels, shards) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { cluster, name, listeners: Mutex::default(), channels, shards }
    }

    fn listeners(&self) -> MutexGuard<'_, BTreeMap<Key, Listener>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn counter(&self, kind: &Kind) -> Option<&AtomicUsize> {
        match kind {
            Kind::Channel => Some(&self.channels),
            Kind::Shard => Some(&self.shards),
            Kind::Pattern(_) => None,
        }
    }

    /// Adds a listener; one that is there already stays.
    pub(super) fn add(&self, kind: Kind, listener: Listener) {
        let key = (listener.subscriber.id(), kind);
        if let btree_map::Entry::Vacant(free) = self.listeners().entry(key) {
            if let Some(count) = self.counter(&free.key().1) {
                count.fetch_add(1, Ordering::Relaxed);
            }
            free.insert(listener);
        }
    }

    /// Removes a listener; true if it was the last.
    pub(super) fn remove(&self, id: u64, kind: &Kind) -> bool {
        let mut listeners = self.listeners();
        let removed = listeners.remove(&(id, kind.clone()));
        if let Some(count) = self.counter(kind).filter(|_| removed.is_some()) {
            count.fetch_sub(1, Ordering::Relaxed);
        }
        listeners.is_empty()
    }

    /// How many listen by this kind of command, patterns apart.
    pub(super) fn count(&self, kind: &Kind) -> usize {
        self.counter(kind).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// The topic was made anew: offsets of before say nothing any more.
    pub(super) fn begin_anew(&self) {
        self.listeners().values_mut().for_each(|listener| listener.from = Offsets::default());
    }

    /// As whom somebody listens.
    pub(super) fn principals(&self) -> HashSet<Arc<str>> {
        self.listeners().values().map(|listener| listener.subscriber.principal()).collect()
    }

    /// Lays a batch into the queues of all, or of `only` those. Answers who has got nothing,
    /// because the batch was not looked at for its principal yet.
    pub(super) fn hand_out(&self, batch: &mut Batch, only: Option<Vec<Key>>) -> Vec<Key> {
        let listeners = self.listeners();
        match only {
            None => {
                let unserved = listeners.iter().filter(|(key, l)| !self.hand(batch, &key.1, l));
                unserved.map(|(key, _)| key.clone()).collect()
            }
            Some(mut only) => {
                only.retain(|key| listeners.get(key).is_some_and(|l| !self.hand(batch, &key.1, l)));
                only
            }
        }
    }

    fn hand(&self, batch: &mut Batch, kind: &Kind, listener: &Listener) -> bool {
        let from = listener.from.get(batch.partition as usize).copied().unwrap_or(0);
        listener.subscriber.push(|protocol, principal| {
            let view = batch.views.get_mut(principal)?;
            Some(view.lay(&self.name, kind, protocol, from))
        })
    }
}
