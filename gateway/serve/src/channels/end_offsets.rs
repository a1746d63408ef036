//! End offsets of topics, looked up once for all who subscribe at the same moment.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    broker::{BrokerError, Cluster, ClusterTopic},
    message::TopicName,
};

/// End offset of each partition; a partition that is missing begins at 0.
pub(super) type EndOffsets = Arc<[u64]>;

/// Lookups under way.
#[derive(Debug, Default)]
pub(super) struct EndOffsetLookups {
    lookups: Mutex<HashMap<ClusterTopic, Arc<Lookup>>>,
}

/// The callers that wait for one topic, and the last answer.
#[derive(Debug, Default)]
struct Lookup {
    /// Callers so far.
    callers: AtomicU64,
    answer: tokio::sync::Mutex<Answer>,
}

#[derive(Debug, Default)]
struct Answer {
    /// It was asked for after so many callers had arrived, and is good for them.
    good_for: u64,
    offsets: EndOffsets,
}

/// One caller; the last one removes the lookup.
struct Caller<'a> {
    all: &'a EndOffsetLookups,
    topic: ClusterTopic,
    lookup: Arc<Lookup>,
}

impl EndOffsetLookups {
    fn lookups(&self) -> MutexGuard<'_, HashMap<ClusterTopic, Arc<Lookup>>> {
        self.lookups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn caller(&self, topic: ClusterTopic) -> Caller<'_> {
        let lookup = Arc::clone(self.lookups().entry(topic.clone()).or_default());
        Caller { all: self, topic, lookup }
    }

    /// End offsets of a topic, no older than the call; none if the topic does not exist.
    ///
    /// # Errors
    /// The broker's.
    pub(super) async fn of(
        &self,
        cluster: &Cluster,
        name: &TopicName,
    ) -> Result<EndOffsets, BrokerError> {
        let caller = self.caller(cluster.topic(name));
        let number = caller.lookup.callers.fetch_add(1, Ordering::SeqCst) + 1;
        let mut answer = caller.lookup.answer.lock().await;
        // Another caller asked the broker after this call began, while this one waited for the lock.
        if answer.good_for >= number {
            return Ok(Arc::clone(&answer.offsets));
        }
        let good_for = caller.lookup.callers.load(Ordering::SeqCst);
        *answer = Answer { good_for, offsets: ask(cluster, name).await? };
        Ok(Arc::clone(&answer.offsets))
    }
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        let mut lookups = self.all.lookups();
        // One is the map's, one is this caller's; others are only made under the lock.
        if Arc::strong_count(&self.lookup) <= 2 {
            lookups.remove(&self.topic);
        }
    }
}

async fn ask(cluster: &Cluster, name: &TopicName) -> Result<EndOffsets, BrokerError> {
    let broker = &cluster.broker;
    if broker.topic(name.as_str()).is_none() && broker.look_up(name).await?.is_none() {
        return Ok(Arc::default());
    }
    match broker.all_offsets(name).await {
        Ok(ranges) => Ok(ranges.iter().map(|range| range.end).collect()),
        // Deleted a moment ago.
        Err(BrokerError::NoSuchTopic { .. }) => Ok(Arc::default()),
        Err(error) => Err(error),
    }
}
