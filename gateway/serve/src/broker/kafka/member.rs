//! A gateway's membership in one of Kafka's consumer groups.
//!
//! The member sends heartbeats, gets partitions and commits. It fetches no records, so all its
//! partitions are paused.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

use self::{assignment::MemberAssignment, task::MemberTask};
use super::{connection::KafkaConnection, names::NameMapping, settings::ClusterSettings};
use crate::{
    broker::{BrokerError, BrokerFuture, Committed, GroupMember},
    message::TopicName,
};

mod assignment;
mod commit;
mod task;
#[cfg(test)]
mod tests;

/// Makes this gateway a member of `group` that reads `topic`. Joining continues after this returns.
/// Needs a runtime.
pub(super) fn join(
    settings: Arc<ClusterSettings>,
    names: &NameMapping,
    group: &str,
    topic: &TopicName,
) -> Arc<dyn GroupMember> {
    // A separate connection: during a rebalance the coordinator answers nothing else on it.
    let connection = KafkaConnection::new(Arc::clone(&settings), "member");
    let assignment = Arc::new(MemberAssignment::new(topic.clone(), names.topic(topic)));
    let (orders, leaving) = watch::channel(false);
    let (finished, done) = watch::channel(false);
    let (consumer, found) = watch::channel(None);
    let group = names.group(group);
    let task = MemberTask {
        settings: Arc::clone(&settings),
        connection,
        group,
        assignment: Arc::clone(&assignment),
    };
    tokio::spawn(async move {
        task::run(&task, consumer, leaving).await;
        // The connections are closed before `leave` returns.
        drop(task);
        finished.send_replace(true);
    });
    Arc::new(KafkaMember { settings, assignment, consumer: found, orders, done })
}

/// A membership; ends with `leave`, or when it is dropped.
struct KafkaMember {
    settings: Arc<ClusterSettings>,
    assignment: Arc<MemberAssignment>,
    /// Kafka's client, as long as there is one.
    consumer: watch::Receiver<task::CurrentConsumer>,
    /// True to make it leave.
    orders: watch::Sender<bool>,
    /// True once it has left.
    done: watch::Receiver<bool>,
}

impl KafkaMember {
    fn order_to_leave(&self) {
        self.orders.send_replace(true);
    }
}

impl GroupMember for KafkaMember {
    fn partitions(&self) -> watch::Receiver<Option<Arc<[u32]>>> {
        self.assignment.watch()
    }

    fn commit(
        &self,
        partition: u32,
        committed: Committed,
    ) -> BrokerFuture<'_, Result<(), BrokerError>> {
        let consumer = self.consumer.borrow().clone();
        let (assignment, timeout) = (Arc::clone(&self.assignment), self.settings.request_timeout);
        // A task, because a dropped future must not end the work: until its answer the commit holds
        // the partition.
        let commit =
            tokio::spawn(commit::commit(consumer, assignment, partition, committed, timeout));
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

impl fmt::Debug for KafkaMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaMember").field("assignment", &self.assignment).finish_non_exhaustive()
    }
}

impl Drop for KafkaMember {
    fn drop(&mut self) {
        self.order_to_leave();
    }
}
