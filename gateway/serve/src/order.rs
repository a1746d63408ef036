//! One order over the many partitions of a topic, which every gateway agrees on.
//!
//! Clients keep one id for each stream. Where a topic has several partitions, an id is a position in
//! the topic's *order log*: an internal topic with one partition, whose records are *steps*. A step
//! names the end of every partition, and its end in the step before. The position of a record is the
//! first step whose ends cover it, then its partition, then its offset.
//!
//! ```text
//!  step 1: p0 [0, 3)  p1 [0, 1)     order: 0/0 0/1 0/2  1/0
//!  step 2: p0 [3, 4)  p1 [1, 3)            0/3  1/1 1/2
//! ```
//! A step counts only if it gets the offset that its writer expected: of two gateways that write at
//! the same time one has read all records before, and the other's step is void and written again. So
//! steps only grow, every piece of the log can be read without the rest, and a record's position
//! never changes.
//!
//! **Deleted steps.** A step is deleted once all of its records are, and the log has no other
//! retention. A reader whose step was deleted continues at the oldest step left: the records between
//! were deleted too. If a step is lost in another way, its records are not shown to such a reader,
//! and no record is repeated to any other.
//!
//! **Invariant:** nothing here knows sessions, plugins or the protocol.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    broker::{BrokerError, Cluster, ClusterTopic, OffsetRange},
    message::{INTERNAL_PREFIX, Rejection, TopicName},
};

mod step; //          one record of an order log
mod recent; //        the newest steps, in memory
mod page_cache; //    older ones
mod single_flight; // one request for many callers
mod log; //           the topic that keeps the order
mod sequencer; //     the order of one topic
mod load; //          brings it up to date with its log
mod write; //         makes steps
mod lookup; //        finds steps
mod follow; //        wakes waiting readers
mod cursor; //        a reader's position
mod range; //         the records between two positions
#[cfg(test)]
mod tests;

pub use cursor::{OffsetRun, OrderCursor, StreamCursor};
pub use range::{OrderRange, RangeBound, StreamRange};
pub use sequencer::Sequencer;

use page_cache::PageCache;
use single_flight::SingleFlight;

/// Above so many orders, the unused ones are dropped.
const KEPT_MAX: usize = 1_000;

/// First and next offset of each partition of a topic.
pub type Ends = Arc<[OffsetRange]>;

/// The orders of all topics, shared by all sessions.
#[derive(Debug, Default)]
pub struct Orders {
    next_number: AtomicU64,
    sequencers: Mutex<HashMap<ClusterTopic, Arc<Sequencer>>>,
    /// Running requests for the ends of partitions.
    end_requests: Mutex<HashMap<ClusterTopic, Arc<SingleFlight<Ends>>>>,
    pages: Arc<PageCache>,
}

impl Orders {
    /// The order of a topic.
    ///
    /// # Errors
    /// The topic's name is too long: its order log would have no legal name.
    pub fn of(&self, cluster: &Cluster, topic: &TopicName) -> Result<Arc<Sequencer>, Rejection> {
        let key = cluster.topic(topic);
        let mut all = self.sequencers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = all.get(&key) {
            return Ok(Arc::clone(found));
        }
        if all.len() >= KEPT_MAX {
            all.retain(|_, sequencer| Arc::strong_count(sequencer) > 1);
        }
        let number = self.next_number.fetch_add(1, Ordering::Relaxed);
        let log = order_log(topic)?;
        let (broker, pages) = (Arc::clone(&cluster.broker), Arc::clone(&self.pages));
        let sequencer = Arc::new(Sequencer::new(number, broker, topic.clone(), log, pages));
        all.insert(key, Arc::clone(&sequencer));
        Ok(sequencer)
    }

    /// First and next offset of every partition of a topic, as the broker has them after this call.
    /// Callers that come during a request share the next one.
    ///
    /// # Errors
    /// As [`crate::broker::Broker::all_offsets`].
    pub async fn ends(&self, cluster: &Cluster, topic: &TopicName) -> Result<Ends, BrokerError> {
        let key = cluster.topic(topic);
        let flight = Arc::clone(self.end_requests().entry(key.clone()).or_default());
        let ends = flight.join(async || Ok(cluster.broker.all_offsets(topic).await?.into())).await;
        let mut requests = self.end_requests();
        // This one and the map's: there is no other caller.
        if Arc::strong_count(&flight) == 2 {
            requests.remove(&key);
        }
        ends
    }

    /// Drops the order of a deleted topic.
    pub fn forget(&self, cluster: &Cluster, topic: &TopicName) {
        let mut all = self.sequencers.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&cluster.topic(topic));
    }

    fn end_requests(&self) -> MutexGuard<'_, HashMap<ClusterTopic, Arc<SingleFlight<Ends>>>> {
        self.end_requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a topic's order log.
///
/// # Errors
/// The topic's name is too long.
pub fn order_log(topic: &TopicName) -> Result<TopicName, Rejection> {
    let name = TopicName::new(format!("{INTERNAL_PREFIX}order.{topic}"));
    name.map_err(|_| {
        Rejection::err(format!(
            "the name `{topic}` is too long for a stream of several partitions: read them one by \
             one, as `{topic}:0`"
        ))
    })
}
