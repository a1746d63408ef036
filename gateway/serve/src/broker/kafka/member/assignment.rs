//! The partitions that a member has now, kept up to date by Kafka's client.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use krafka::consumer::{Consumer, ConsumerRebalanceListener, TopicPartition};
use tokio::sync::{OwnedRwLockReadGuard, RwLock, watch};

use crate::message::TopicName;

/// How long the partitions are hidden after Kafka refused a commit; joining again takes about so
/// long.
const SUSPENDED: Duration = Duration::from_secs(1);

/// The partitions of one topic that a member has.
///
/// During a commit the partition is held: the group gets it back only after the answer, so that no
/// commit can overtake those of the next owner.
#[derive(Debug)]
pub(super) struct MemberAssignment {
    /// The topic, as clients know it.
    pub(super) topic: TopicName,
    /// Its name in Kafka.
    pub(super) topic_in_kafka: String,
    owned: Arc<RwLock<BTreeSet<u32>>>,
    shown: watch::Sender<Option<Arc<[u32]>>>,
}

/// Keeps all partitions with this member until it is dropped.
pub(super) type OwnershipGuard = OwnedRwLockReadGuard<BTreeSet<u32>>;

impl MemberAssignment {
    /// No partitions yet.
    pub(super) fn new(topic: TopicName, topic_in_kafka: String) -> Self {
        Self { topic, topic_in_kafka, owned: Arc::default(), shown: watch::Sender::new(None) }
    }

    /// The partitions; `None` until the group has assigned them.
    pub(super) fn watch(&self) -> watch::Receiver<Option<Arc<[u32]>>> {
        self.shown.subscribe()
    }

    /// True once the group has assigned them.
    pub(super) fn is_assigned(&self) -> bool {
        self.shown.borrow().is_some()
    }

    /// Holds the partitions if `partition` is one of them now.
    pub(super) async fn hold(&self, partition: u32) -> Option<OwnershipGuard> {
        let owned = Arc::clone(&self.owned).read_owned().await;
        owned.contains(&partition).then_some(owned)
    }

    /// Adds partitions; an empty assignment counts too.
    pub(super) async fn add(&self, partitions: impl Iterator<Item = u32>) {
        let mut owned = self.owned.write().await;
        owned.extend(partitions);
        self.show(&owned);
    }

    /// Removes partitions. Readers see it at once; returns after the running commits, and only then
    /// the group gets them.
    pub(super) async fn remove(&self, partitions: impl Iterator<Item = u32>) {
        let gone: BTreeSet<u32> = partitions.collect();
        self.shown.send_modify(|shown| {
            if let Some(shown) = shown {
                *shown = shown.iter().copied().filter(|p| !gone.contains(p)).collect();
            }
        });
        let mut owned = self.owned.write().await;
        owned.retain(|partition| !gone.contains(partition));
        self.show(&owned);
    }

    /// Removes all partitions: the membership is lost, and readers wait for the next one.
    pub(super) async fn clear(&self) {
        self.shown.send_replace(None);
        self.owned.write().await.clear();
    }

    /// Hides the partitions until the next assignment, or for [`SUSPENDED`]: Kafka refuses this
    /// member's commits, and readers would get the same records again and again.
    pub(super) fn suspend(self: &Arc<Self>) {
        self.shown.send_replace(None);
        let assignment = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(SUSPENDED).await;
            let owned = assignment.owned.read().await;
            assignment.show(&owned);
        });
    }

    fn show(&self, owned: &BTreeSet<u32>) {
        let now: Arc<[u32]> = owned.iter().copied().collect();
        self.shown.send_if_modified(|shown| {
            let changed = shown.as_ref() != Some(&now);
            *shown = Some(now);
            changed
        });
    }
}

/// Updates a [`MemberAssignment`] when Kafka's client reports a rebalance.
#[derive(Clone)]
pub(super) struct RebalanceListener {
    assignment: Arc<MemberAssignment>,
    /// The consumer that calls it; set before the consumer subscribes.
    consumer: Arc<OnceLock<Weak<Consumer>>>,
}

impl RebalanceListener {
    /// A listener for a consumer that does not exist yet.
    pub(super) fn new(assignment: Arc<MemberAssignment>) -> Self {
        Self { assignment, consumer: Arc::default() }
    }

    /// Sets the consumer that it listens to.
    pub(super) fn listen_to(&self, consumer: &Arc<Consumer>) {
        // There is only one consumer.
        let _ = self.consumer.set(Arc::downgrade(consumer));
    }

    /// The numbers of the topic's partitions in `all`.
    fn of_topic<'a>(&'a self, all: &'a [TopicPartition]) -> impl Iterator<Item = u32> + 'a {
        let of_topic = all.iter().filter(|each| each.topic == self.assignment.topic_in_kafka);
        of_topic.filter_map(|each| u32::try_from(each.partition).ok())
    }
}

impl ConsumerRebalanceListener for RebalanceListener {
    async fn on_partitions_assigned(&self, all: &[TopicPartition]) {
        if let Some(consumer) = self.consumer.get().and_then(Weak::upgrade) {
            // Here, because the client would fetch before the poll returns.
            for each in all {
                consumer.pause(&each.topic, &[each.partition]).await;
            }
        }
        self.assignment.add(self.of_topic(all)).await;
    }

    async fn on_partitions_revoked(&self, all: &[TopicPartition]) {
        self.assignment.remove(self.of_topic(all)).await;
    }

    async fn on_partitions_lost(&self, all: &[TopicPartition]) {
        self.assignment.remove(self.of_topic(all)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn suspended_partitions_are_hidden_for_a_while() {
        let assignment =
            Arc::new(MemberAssignment::new(TopicName::new("t").unwrap(), "p.t".to_owned()));
        assignment.add([1].into_iter()).await;
        let mut shown = assignment.watch();

        assignment.suspend();

        assert_eq!(*shown.borrow_and_update(), None);
        shown.changed().await.unwrap();
        assert_eq!(shown.borrow().as_deref(), Some(&[1][..]));
    }

    #[tokio::test]
    async fn a_partition_goes_only_when_its_commit_is_answered() {
        let assignment =
            Arc::new(MemberAssignment::new(TopicName::new("t").unwrap(), "p.t".to_owned()));
        let shown = assignment.watch();
        assert_eq!(*shown.borrow(), None);
        assignment.add([3, 1].into_iter()).await;
        assert_eq!(shown.borrow().as_deref(), Some(&[1, 3][..]));
        assert!(assignment.hold(2).await.is_none());

        let commit = assignment.hold(3).await.unwrap();
        let going = Arc::clone(&assignment);
        let gone = tokio::spawn(async move { going.remove([3].into_iter()).await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!gone.is_finished());
        assert_eq!(shown.borrow().as_deref(), Some(&[1][..]), "readers know at once");
        drop(commit);
        gone.await.unwrap();

        assert!(assignment.hold(3).await.is_none());
        assert!(assignment.hold(1).await.is_some());
        assignment.remove([1].into_iter()).await;
        assert_eq!(shown.borrow().as_deref(), Some(&[][..]), "an empty list is one too");
    }
}
