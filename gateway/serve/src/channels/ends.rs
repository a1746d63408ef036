//! Where topics end now, asked for once for all who subscribe at the same moment.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::Place;
use crate::{
    broker::{BrokerError, Cluster},
    message::TopicName,
};

/// End offset of each partition; a partition that is missing begins at 0.
pub(super) type Offsets = Arc<[u64]>;

/// Questions under way.
#[derive(Debug, Default)]
pub(super) struct Ends {
    asked: Mutex<HashMap<Place, Arc<Asked>>>,
}

/// Those who ask about one topic, and the last answer with the number of askers it is good for.
#[derive(Debug, Default)]
struct Asked {
    arrived: AtomicU64,
    answer: tokio::sync::Mutex<(u64, Offsets)>,
}

/// One who asks; the last one takes the question off the list.
struct Ticket<'a> {
    ends: &'a Ends,
    place: Place,
    asked: Arc<Asked>,
}

impl Ends {
    fn asked(&self) -> MutexGuard<'_, HashMap<Place, Arc<Asked>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ticket(&self, place: Place) -> Ticket<'_> {
        let asked = Arc::clone(self.asked().entry(place.clone()).or_default());
        Ticket { ends: self, place, asked }
    }

    /// Ends of a topic, no older than the call; none if the topic does not exist.
    pub(super) async fn of(
        &self,
        cluster: &Cluster,
        name: &TopicName,
    ) -> Result<Offsets, BrokerError> {
        let ticket = self.ticket((cluster.id, name.clone()));
        let number = ticket.asked.arrived.fetch_add(1, Ordering::SeqCst) + 1;
        let mut answer = ticket.asked.answer.lock().await;
        // Someone asked after this call began, and waited for the answer meanwhile.
        if answer.0 >= number {
            return Ok(Arc::clone(&answer.1));
        }
        let good_for = ticket.asked.arrived.load(Ordering::SeqCst);
        *answer = (good_for, ask(cluster, name).await?);
        Ok(Arc::clone(&answer.1))
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut asked = self.ends.asked();
        // One is the list's, one is this ticket's; others are only made under the lock.
        if Arc::strong_count(&self.asked) <= 2 {
            asked.remove(&self.place);
        }
    }
}

async fn ask(cluster: &Cluster, name: &TopicName) -> Result<Offsets, BrokerError> {
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
