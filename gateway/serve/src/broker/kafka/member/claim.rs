//! Which partitions a member has now.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::sync::{OwnedRwLockReadGuard, RwLock, watch};

use crate::message::TopicName;

/// How long a share is hidden that turned out not to be this member's; joining anew takes about so
/// long.
const UNSETTLED: Duration = Duration::from_secs(1);

/// The partitions of one topic that a member has.
///
/// A partition that is being committed is held: the group gets it back only when the commit has
/// been answered, so that no commit can overtake those of the next owner.
#[derive(Debug)]
pub(super) struct Claim {
    /// The topic, as clients know it.
    pub(super) topic: TopicName,
    /// The topic, as Kafka knows it.
    pub(super) name: String,
    owned: Arc<RwLock<BTreeSet<u32>>>,
    shown: watch::Sender<Option<Arc<[u32]>>>,
}

/// Keeps the partitions as they are, as long as it lives.
pub(super) type Hold = OwnedRwLockReadGuard<BTreeSet<u32>>;

impl Claim {
    /// No partitions of `topic` yet, which Kafka knows by `name`.
    pub(super) fn new(topic: TopicName, name: String) -> Self {
        Self { topic, name, owned: Arc::default(), shown: watch::Sender::new(None) }
    }

    /// The partitions, `None` before the group has dealt them for the first time.
    pub(super) fn watch(&self) -> watch::Receiver<Option<Arc<[u32]>>> {
        self.shown.subscribe()
    }

    /// True once the group has dealt them.
    pub(super) fn is_dealt(&self) -> bool {
        self.shown.borrow().is_some()
    }

    /// Holds the partitions if `partition` is one of them now.
    pub(super) async fn hold(&self, partition: u32) -> Option<Hold> {
        let owned = Arc::clone(&self.owned).read_owned().await;
        owned.contains(&partition).then_some(owned)
    }

    /// Adds partitions; none is an assignment too.
    pub(super) async fn add(&self, partitions: impl Iterator<Item = u32>) {
        let mut owned = self.owned.write().await;
        owned.extend(partitions);
        self.show(&owned);
    }

    /// Takes partitions away. Readers know at once, the group when nothing is committed any more.
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

    /// The membership is lost, and with it all partitions; readers wait for the next one's.
    pub(super) async fn clear(&self) {
        self.shown.send_replace(None);
        self.owned.write().await.clear();
    }

    /// Kafka no longer takes this member's commits: its share shows again when the group has dealt
    /// anew, or after a while. Readers that went on would get the same records again and again,
    /// and be refused every commit.
    pub(super) fn unsettle(self: &Arc<Self>) {
        self.shown.send_replace(None);
        let claim = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(UNSETTLED).await;
            let owned = claim.owned.read().await;
            claim.show(&owned);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_share_that_is_in_doubt_is_hidden_for_a_while() {
        let claim = Arc::new(Claim::new(TopicName::new("t").unwrap(), "p.t".to_owned()));
        claim.add([1].into_iter()).await;
        let mut shown = claim.watch();

        claim.unsettle();

        assert_eq!(*shown.borrow_and_update(), None);
        shown.changed().await.unwrap();
        assert_eq!(shown.borrow().as_deref(), Some(&[1][..]));
    }

    #[tokio::test]
    async fn a_partition_goes_only_when_its_commit_is_answered() {
        let claim = Arc::new(Claim::new(TopicName::new("t").unwrap(), "p.t".to_owned()));
        let shown = claim.watch();
        assert_eq!(*shown.borrow(), None);
        claim.add([3, 1].into_iter()).await;
        assert_eq!(shown.borrow().as_deref(), Some(&[1, 3][..]));
        assert!(claim.hold(2).await.is_none());

        let commit = claim.hold(3).await.unwrap();
        let going = Arc::clone(&claim);
        let gone = tokio::spawn(async move { going.remove([3].into_iter()).await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!gone.is_finished());
        assert_eq!(shown.borrow().as_deref(), Some(&[1][..]), "readers know at once");
        drop(commit);
        gone.await.unwrap();

        assert!(claim.hold(3).await.is_none());
        assert!(claim.hold(1).await.is_some());
        claim.remove([1].into_iter()).await;
        assert_eq!(shown.borrow().as_deref(), Some(&[][..]), "an empty list is one too");
    }
}
