//! A group that reads a topic as a stream: entries dealt to consumers one by one.
//!
//! All stream consumers of a group on this gateway together are one reader of the group: they share
//! the partitions it is dealt. Consumers are names, not connections. What is pending is known here
//! only: it is lost with the gateway, or when a partition moves, and delivered again then.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::{OwnedMutexGuard, watch},
    time::Instant,
};

use super::{Acknowledged, CommitError, seat::Seat};
use crate::{
    broker::{Broker, BrokerError},
    message::TopicName,
};

mod claim;
mod deliver;
mod lane;
mod ledger;
mod place;
#[cfg(test)]
mod tests;
mod view;

pub use claim::{Claim, Renewal};
pub use deliver::{Delivered, Reading};
pub use lane::PENDING_MAX;
pub use ledger::{CONSUMERS_MAX, Consumer, Pending, Position, TooManyConsumers};
pub use view::{Overview, Progress};

use lane::Lane;
use ledger::Ledger;

/// A stream group on this gateway.
#[derive(Debug)]
pub struct StreamGroup {
    /// `None` once the gateway has left.
    seat: Mutex<Option<Arc<Seat>>>,
    broker: Arc<dyn Broker>,
    group: String,
    topic: TopicName,
    /// Held for looking and changing only, never across an await.
    ledger: Mutex<Ledger>,
    /// Held by whoever looks up where new partitions begin.
    beginning: tokio::sync::Mutex<()>,
    /// Changes when there may be more to deliver than new records.
    news: watch::Sender<u64>,
}

/// What became of an XACK.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acknowledgement {
    /// How many entries were pending and are not any more.
    pub count: usize,
    /// How many stay pending, because no commit could say that they are acknowledged.
    pub refused: usize,
    /// Partitions whose place is to be stored before the client hears of it.
    pub partitions: BTreeSet<u32>,
}

impl StreamGroup {
    pub(super) fn new(seat: Seat, broker: Arc<dyn Broker>) -> Arc<Self> {
        let (group, topic) = (seat.key().group.clone(), seat.key().topic.clone());
        Arc::new(Self {
            seat: Mutex::new(Some(Arc::new(seat))),
            broker,
            group,
            topic,
            ledger: Mutex::default(),
            beginning: tokio::sync::Mutex::default(),
            news: watch::Sender::new(0),
        })
    }

    /// Another group of the same state, which sits elsewhere.
    pub(super) fn copy(&self, seat: Seat, broker: Arc<dyn Broker>) -> Arc<Self> {
        self.settle();
        let since: HashMap<_, _> = seat.owned().into_iter().collect();
        let ledger = self.ledger().copy(&since);
        let copy = Self::new(seat, broker);
        *copy.ledger() = ledger;
        copy
    }

    /// The partitions it has; `None` until the group has dealt them.
    pub fn partitions(&self) -> Option<Vec<u32>> {
        self.seat()?.partitions()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seat(&self) -> Option<Arc<Seat>> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The group's name.
    pub fn name(&self) -> &str {
        &self.group
    }

    /// The topic it reads.
    pub fn topic(&self) -> &TopicName {
        &self.topic
    }

    /// True once the gateway has left the group.
    pub fn is_closed(&self) -> bool {
        self.seat().is_none()
    }

    /// Tells when partitions move, and when something is to be delivered again.
    pub fn watches(&self) -> Vec<watch::Receiver<u64>> {
        let moved = self.seat().map(|seat| seat.moved());
        moved.into_iter().chain([self.news.subscribe()]).collect()
    }

    /// Waits until the group has dealt its partitions, but not longer than `until`.
    pub async fn dealt(&self, until: Instant) {
        if let Some(seat) = self.seat() {
            seat.dealt(until).await;
        }
    }

    /// Takes up partitions that were given to this gateway, and gives up those that were taken;
    /// answers which it has.
    ///
    /// # Errors
    /// The broker's, if a place has to be looked up and cannot be.
    pub async fn refresh(&self) -> Result<Vec<u32>, BrokerError> {
        if self.settle() {
            let _beginning = self.beginning.lock().await;
            for (partition, since) in self.owned() {
                let known = self.ledger().lanes.get(&partition).is_some_and(|l| l.since == since);
                if known {
                    continue;
                }
                let committed = self.broker.committed(&self.group, &self.topic, partition).await?;
                // A partition without a place is younger than the group: all of it is new.
                let acknowledged =
                    committed.map(|c| Acknowledged::from_committed(&c)).unwrap_or_default();
                self.ledger().lanes.insert(partition, Lane::new(since, acknowledged));
            }
            self.settle();
        }
        Ok(self.ledger().lanes.keys().copied().collect())
    }

    /// Gives up what was taken; true if there is something to take up.
    pub(super) fn settle(&self) -> bool {
        let owned = self.owned();
        self.ledger().settle(&owned)
    }

    fn owned(&self) -> Vec<(u32, u64)> {
        self.seat().map(|seat| seat.owned()).unwrap_or_default()
    }

    /// Acknowledges entries; those that are not pending here do not count.
    pub fn acknowledge(&self, positions: impl Iterator<Item = Position>) -> Acknowledgement {
        self.settle();
        let mut ledger = self.ledger();
        let mut done = Acknowledgement::default();
        for position in positions {
            match ledger.acknowledge(position) {
                Some(true) => done.count += 1,
                Some(false) => done.refused += 1,
                None => {}
            }
            // One that was acknowledged before may still wait for a commit that failed.
            let lane = ledger.lanes.get(&position.partition);
            if lane.is_some_and(|lane| lane.unstored().is_some()) {
                done.partitions.insert(position.partition);
            }
        }
        done
    }

    /// Stores what is acknowledged in a partition; `Ok` once the broker has it. Whatever is
    /// acknowledged while a commit is under way goes with the next one, together.
    ///
    /// # Errors
    /// [`CommitError`]; what is acknowledged stays so, and goes with a later commit.
    pub async fn store(self: &Arc<Self>, partition: u32) -> Result<(), CommitError> {
        let not_owned = || CommitError::NotOwned { partition };
        let (committing, wanted, since) = {
            let ledger = self.ledger();
            let lane = ledger.lanes.get(&partition).ok_or_else(not_owned)?;
            let Some(wanted) = lane.unstored() else { return Ok(()) };
            (Arc::clone(&lane.committing), wanted, lane.since)
        };
        let turn = committing.lock_owned().await;
        let (seat, committed, version) = {
            let ledger = self.ledger();
            let lane = ledger.lanes.get(&partition).filter(|lane| lane.since == since);
            let lane = lane.ok_or_else(not_owned)?;
            match lane.unstored() {
                Some(version) if lane.has_not(wanted) => {
                    let seat = self.seat().ok_or_else(not_owned)?;
                    (seat, lane.acknowledged.to_committed(), version)
                }
                _ => return Ok(()),
            }
        };
        // A task, so that a caller that gives up does not let a later commit overtake this one.
        let group = Arc::clone(self);
        let place = (partition, since);
        let commit = tokio::spawn(async move {
            let stored = seat.commit(partition, committed).await;
            group.stored(place, version, stored.is_ok(), turn);
            stored
        });
        match commit.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(BrokerError::NotOwner { .. })) => Err(not_owned()),
            Ok(Err(error)) => Err(error.into()),
            Err(error) => Err(BrokerError::Unknown { reason: error.to_string() }.into()),
        }
    }

    fn stored(
        &self,
        (partition, since): (u32, u64),
        version: u64,
        is_stored: bool,
        turn: OwnedMutexGuard<()>,
    ) {
        let mut ledger = self.ledger();
        let lane = ledger.lanes.get_mut(&partition).filter(|lane| lane.since == since);
        if let Some(lane) = lane.filter(|_| is_stored) {
            lane.has_stored(version);
        }
        drop(turn);
    }

    /// Stores all that is acknowledged, as far as that goes.
    pub async fn store_all(self: &Arc<Self>) {
        self.settle();
        let partitions: Vec<_> = self.ledger().lanes.keys().copied().collect();
        let stores = partitions.into_iter().map(|partition| self.store(partition));
        for stored in futures_util::future::join_all(stores).await {
            if let Err(error) = stored {
                tracing::warn!(group = self.group, topic = %self.topic, %error, "not committed");
            }
        }
    }

    /// Leaves the group: what is acknowledged is stored, what is pending forgotten.
    pub(super) async fn close(self: &Arc<Self>) {
        self.store_all().await;
        self.leave();
    }

    /// Leaves the group at once.
    pub(super) fn leave(&self) {
        drop(self.seat.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.tell();
    }

    /// Wakes those who wait for something to be delivered.
    fn tell(&self) {
        self.news.send_modify(|news| *news += 1);
    }
}
