//! One order over the many partitions of a topic, which every gateway agrees on.
//!
//! Clients keep one id for each stream. Where a topic has several partitions, what lies behind an
//! id is said by its *order log*: a topic of the gateway's own, with one partition, whose records
//! are *steps*. A step names the end of every partition, and its end in the step before. The place
//! of a record is the first step whose ends cover it, then its partition, then its offset.
//!
//! ```text
//!  step 1: p0 [0, 3)  p1 [0, 1)     order: 0/0 0/1 0/2  1/0
//!  step 2: p0 [3, 4)  p1 [1, 3)            0/3  1/1 1/2
//! ```
//! A step counts only if it lies at the offset its writer expected: of two gateways that write at
//! once one has read all before it, and the other's step is void and written anew. So steps only
//! grow, whoever reads a piece of the log knows all about that piece, and a place never changes.
//!
//! **What holds where steps are gone.** Steps are deleted once all of their records are, and the
//! log has no other retention. A reader whose step is gone goes on at the oldest step left: what
//! lay between was deleted with its records. Should a step be lost in another way, its records are
//! not shown to such a reader and not repeated to any other.
//!
//! **Invariant:** nothing here knows sessions, plugins or the protocol.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    broker::{BrokerError, Cluster, OffsetRange},
    message::{INTERNAL_PREFIX, Rejection, TopicName},
};

mod step; //      one record of an order log
mod steps; //     the newest steps, known by heart
mod pages; //     older ones, read when somebody is there
mod rounds; //    one question for all who ask at once
mod sequencer; // the order of one topic
mod write; //     how it grows
mod log; //       where it lies
mod tidy; //      steps that nobody needs any more
mod look; //      how it is read
mod follow; //    how those who wait hear of it
mod course; //    where a reader is
mod range; //     what lies between two places
#[cfg(test)]
mod tests;

pub use course::{Course, Run, Way};
pub use range::{Bound, Range, Span};
pub use sequencer::Sequencer;

use pages::Pages;
use rounds::Rounds;

/// Orders kept before those that nobody uses are dropped.
const KEPT_MAX: usize = 1_000;

/// A topic of a cluster.
type Place = (usize, TopicName);

/// First and next offset of each partition of a topic.
pub type Ends = Arc<[OffsetRange]>;

/// The orders of all topics, shared by all sessions.
#[derive(Debug, Default)]
pub struct Orders {
    numbered: AtomicU64,
    sequencers: Mutex<HashMap<Place, Arc<Sequencer>>>,
    /// Questions for ends that are under way.
    asked: Mutex<HashMap<Place, Arc<Rounds<Ends>>>>,
    pages: Arc<Pages>,
}

impl Orders {
    /// The order of a topic.
    ///
    /// # Errors
    /// The topic's name is too long for its order log to have one.
    pub fn of(&self, cluster: &Cluster, topic: &TopicName) -> Result<Arc<Sequencer>, Rejection> {
        let place = (cluster.id, topic.clone());
        let mut all = self.sequencers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = all.get(&place) {
            return Ok(Arc::clone(found));
        }
        if all.len() >= KEPT_MAX {
            all.retain(|_, sequencer| Arc::strong_count(sequencer) > 1);
        }
        let number = self.numbered.fetch_add(1, Ordering::Relaxed);
        let names = (topic.clone(), order_log(topic)?);
        let broker = Arc::clone(&cluster.broker);
        let made = Arc::new(Sequencer::new(number, broker, names, Arc::clone(&self.pages)));
        all.insert(place, Arc::clone(&made));
        Ok(made)
    }

    /// First and next offset of every partition of a topic, as the broker tells them after this
    /// call; those who ask while a question is under way share the next one.
    ///
    /// # Errors
    /// As [`crate::broker::Broker::all_offsets`].
    pub async fn ends(&self, cluster: &Cluster, topic: &TopicName) -> Result<Ends, BrokerError> {
        let place = (cluster.id, topic.clone());
        let rounds = Arc::clone(self.asked().entry(place.clone()).or_default());
        let ends = rounds.join(async || Ok(cluster.broker.all_offsets(topic).await?.into())).await;
        let mut asked = self.asked();
        // This one and the map's: nobody else asks.
        if Arc::strong_count(&rounds) == 2 {
            asked.remove(&place);
        }
        ends
    }

    /// Forgets the order of a topic that is deleted.
    pub fn forget(&self, cluster: &Cluster, topic: &TopicName) {
        let mut all = self.sequencers.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&(cluster.id, topic.clone()));
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, HashMap<Place, Arc<Rounds<Ends>>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a topic's order log.
///
/// # Errors
/// It would be too long.
pub fn order_log(topic: &TopicName) -> Result<TopicName, Rejection> {
    let name = TopicName::new(format!("{INTERNAL_PREFIX}order.{topic}"));
    name.map_err(|_| {
        Rejection::err(format!(
            "the name `{topic}` is too long for a stream of several partitions: read them one by \
             one, as `{topic}:0`"
        ))
    })
}
