//! A gateway's membership in a consumer group of Kafka's.
//!
//! The member only belongs: it heartbeats, learns its partitions and commits. Records are read
//! elsewhere, so all its partitions are paused.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

use self::{claim::Claim, task::Membership};
use super::{link::Link, names::Names, settings::ClusterSettings};
use crate::{
    broker::{BrokerError, BrokerFuture, Committed, GroupMember},
    message::TopicName,
};

mod claim;
mod commit;
mod listener;
mod task;
#[cfg(test)]
mod tests;

/// Makes this gateway a member of `group` that reads `topic`; joining goes on behind the answer.
/// Needs a runtime.
pub(super) fn join(
    settings: Arc<ClusterSettings>,
    names: &Names,
    group: &str,
    topic: &TopicName,
) -> Arc<dyn GroupMember> {
    // A connection of its own: while the group agrees, the coordinator answers nothing else on it.
    let link = Link::new(Arc::clone(&settings), "member");
    let claim = Arc::new(Claim::new(topic.clone(), names.topic(topic)));
    let (orders, leaving) = watch::channel(false);
    let (finished, done) = watch::channel(false);
    let (consumer, found) = watch::channel(None);
    let group = names.group(group);
    let membership =
        Membership { settings: Arc::clone(&settings), link, group, claim: Arc::clone(&claim) };
    tokio::spawn(async move {
        task::run(&membership, consumer, leaving).await;
        // The connections are closed before anybody hears that it has left.
        drop(membership);
        finished.send_replace(true);
    });
    Arc::new(Member { settings, claim, consumer: found, orders, done })
}

/// A membership; ends with `leave`, or when it is dropped.
struct Member {
    settings: Arc<ClusterSettings>,
    claim: Arc<Claim>,
    /// Kafka's client, from the time it was made to the time it is closed.
    consumer: watch::Receiver<task::Current>,
    /// True once it is to leave.
    orders: watch::Sender<bool>,
    /// True once it has left.
    done: watch::Receiver<bool>,
}

impl Member {
    fn order_to_leave(&self) {
        self.orders.send_replace(true);
    }
}

impl GroupMember for Member {
    fn partitions(&self) -> watch::Receiver<Option<Arc<[u32]>>> {
        self.claim.watch()
    }

    fn commit(
        &self,
        partition: u32,
        committed: Committed,
    ) -> BrokerFuture<'_, Result<(), BrokerError>> {
        let consumer = self.consumer.borrow().clone();
        let (claim, timeout) = (Arc::clone(&self.claim), self.settings.request_timeout);
        // A task, since a dropped future must not give up the work: what has been sent counts
        // as being committed until it is answered.
        let commit = tokio::spawn(commit::commit(consumer, claim, (partition, committed), timeout));
        Box::pin(async move {
            let ended = |error: tokio::task::JoinError| {
                Err(BrokerError::Unknown { reason: error.to_string() })
            };
            commit.await.unwrap_or_else(ended)
        })
    }

    fn leave(&self) -> BrokerFuture<'_, ()> {
        self.order_to_leave();
        let mut done = self.done.clone();
        Box::pin(async move {
            // The task ends with a runtime that is shut down: then there is nothing to leave.
            let _ = done.wait_for(|done| *done).await;
        })
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("claim", &self.claim).finish_non_exhaustive()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.order_to_leave();
    }
}
