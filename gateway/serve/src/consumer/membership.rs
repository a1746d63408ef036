//! One session's part in a group: its partitions, its places in them, its commits.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::Arc,
};

use thiserror::Error;
use tokio::{sync::watch, time::Instant};

use super::{Acknowledged, GroupKey, seat::Seat};
use crate::{
    broker::{Broker, BrokerError},
    message::{StartAt, TopicName},
};

/// A databus session in a group; leaves it when dropped.
#[derive(Debug)]
pub struct Membership {
    seat: Seat,
    broker: Arc<dyn Broker>,
    /// Partitions that are owned and were read or committed in.
    places: HashMap<u32, Place>,
    /// Begin the next round with this partition, so that none waits for ever behind a busy one.
    turn: usize,
}

/// Where a session is in a partition.
#[derive(Clone, Debug)]
struct Place {
    /// Since which deal the partition is this session's.
    since: u64,
    /// Next offset to deliver.
    next: u64,
    /// What the group acknowledged, as far as this session knows.
    acknowledged: Acknowledged,
    /// True if the broker has the group's place.
    is_committed: bool,
}

/// Why nothing was committed.
#[derive(Debug, Error)]
pub enum CommitError {
    /// Another session owns the partition, or nobody does.
    #[error("partition {partition} is not assigned to this connection")]
    NotOwned {
        /// The partition.
        partition: u32,
    },
    /// There is no such record yet.
    #[error("offset {offset} is past the end of partition {partition}")]
    PastTheEnd {
        /// The partition.
        partition: u32,
        /// What was to be committed.
        offset: u64,
    },
    /// The broker did not store it.
    #[error("the broker did not commit")]
    Broker(#[from] BrokerError),
}

impl Membership {
    pub(super) fn new(seat: Seat, broker: Arc<dyn Broker>) -> Self {
        Self { seat, broker, places: HashMap::new(), turn: 0 }
    }

    /// A part in the same group that sits elsewhere and is at the same places.
    pub(super) fn copy(&self, seat: Seat, broker: Arc<dyn Broker>) -> Self {
        let owned = self.seat.owned();
        let place = |(partition, since): (u32, u64)| {
            let is_valid = |place: &&Place| owned.contains(&(partition, place.since));
            let place = self.places.get(&partition).filter(is_valid)?;
            Some((partition, Place { since, ..place.clone() }))
        };
        let places = seat.owned().into_iter().filter_map(place).collect();
        Self { seat, broker, places, turn: self.turn }
    }

    /// The partitions it has; `None` until the group has dealt them.
    pub fn partitions(&self) -> Option<Vec<u32>> {
        self.seat.partitions()
    }

    /// Where it goes on, in each partition that it has begun to read.
    pub fn places(&self) -> BTreeMap<u32, u64> {
        self.places.iter().map(|(partition, place)| (*partition, place.next)).collect()
    }

    /// The group's name.
    pub fn group(&self) -> &str {
        &self.seat.key().group
    }

    /// The topic this is about.
    pub fn topic(&self) -> &TopicName {
        &self.seat.key().topic
    }

    /// Tells when partitions move.
    pub fn moved(&self) -> watch::Receiver<u64> {
        self.seat.moved()
    }

    /// Waits until the group has dealt its partitions, but not longer than `until`.
    pub async fn dealt(&self, until: Instant) {
        self.seat.dealt(until).await;
    }

    /// The partitions this session reads, each time beginning with another one, and the offset to
    /// go on from in each.
    ///
    /// # Errors
    /// The broker's, if a place has to be looked up and cannot be.
    pub async fn assignment(&mut self, start_at: StartAt) -> Result<Vec<(u32, u64)>, BrokerError> {
        let mut owned = self.seat.owned();
        self.places.retain(|partition, place| owned.contains(&(*partition, place.since)));
        if !owned.is_empty() {
            self.turn = (self.turn + 1) % owned.len();
            owned.rotate_left(self.turn);
        }
        let mut assignment = Vec::with_capacity(owned.len());
        for (partition, since) in owned {
            let next = match self.places.get(&partition) {
                Some(place) => place.next,
                None => self.begin((partition, since), start_at).await?,
            };
            assignment.push((partition, next));
        }
        Ok(assignment)
    }

    /// Where to begin in a partition that has just been dealt to this session.
    async fn begin(
        &mut self,
        (partition, since): (u32, u64),
        start_at: StartAt,
    ) -> Result<u64, BrokerError> {
        let GroupKey { group, topic, .. } = self.seat.key();
        let committed = self.broker.committed(group, topic, partition).await?;
        let is_committed = committed.is_some();
        let acknowledged = match committed {
            Some(committed) => Acknowledged::from_committed(&committed),
            None => Acknowledged::below(start(&*self.broker, topic, partition, start_at).await?),
        };
        let next = acknowledged.next();
        self.places.insert(partition, Place { since, next, acknowledged, is_committed });
        Ok(next)
    }

    /// Notes that everything before `next` was delivered to this session.
    pub fn delivered(&mut self, partition: u32, next: u64) {
        if let Some(place) = self.places.get_mut(&partition) {
            place.next = next;
        }
    }

    /// Was this record acknowledged already, out of order, before the partition came here?
    pub fn is_acknowledged(&self, partition: u32, offset: u64) -> bool {
        self.places.get(&partition).is_some_and(|place| place.acknowledged.contains(offset))
    }

    /// Commits that everything up to and with `offset` is processed: the group goes on behind it.
    /// A lower offset than the one committed is ignored.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was committed, unless the broker's answer is `Unknown`.
    pub async fn commit(&mut self, partition: u32, offset: u64) -> Result<(), CommitError> {
        self.acknowledge(partition, 0..offset.saturating_add(1)).await
    }

    /// Commits that a run of offsets is processed, whatever lies before it: the group goes on
    /// with the lowest one that is not.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was committed, unless the broker's answer is `Unknown`.
    pub async fn acknowledge(
        &mut self,
        partition: u32,
        run: Range<u64>,
    ) -> Result<(), CommitError> {
        let owned = self.seat.owned().into_iter().find(|(owned, _)| *owned == partition);
        let Some(owned) = owned else { return Err(CommitError::NotOwned { partition }) };
        if self.places.get(&partition).is_none_or(|place| place.since != owned.1) {
            self.begin(owned, StartAt::Newest).await?;
        }
        let Some(place) = self.places.get_mut(&partition) else {
            return Err(CommitError::NotOwned { partition });
        };
        if run.end > place.next {
            let end = self.broker.offsets(&self.seat.key().topic, partition).await?.end;
            if run.end > end {
                return Err(CommitError::PastTheEnd { partition, offset: run.end - 1 });
            }
        }
        let mut acknowledged = place.acknowledged.clone();
        if !place.is_committed && run.start == 0 {
            // The first word of a group counts as it is, also below where it began to read.
            acknowledged = Acknowledged::below(run.end);
        } else if !acknowledged.add(run) && place.is_committed {
            return Ok(());
        }
        let stored = self.seat.commit(partition, acknowledged.to_committed()).await;
        match stored {
            Ok(()) => {
                place.acknowledged = acknowledged;
                place.is_committed = true;
                Ok(())
            }
            Err(BrokerError::NotOwner { .. }) => Err(CommitError::NotOwned { partition }),
            Err(error) => Err(CommitError::Broker(error)),
        }
    }
}

/// Where a group without a committed offset begins.
async fn start(
    broker: &dyn Broker,
    topic: &TopicName,
    partition: u32,
    start_at: StartAt,
) -> Result<u64, BrokerError> {
    let range = broker.offsets(topic, partition).await?;
    Ok(match start_at {
        StartAt::Oldest => range.start,
        StartAt::Newest | StartAt::Configured => range.end,
        StartAt::Offset(offset) => offset.clamp(range.start, range.end),
        StartAt::Timestamp(time) => broker.offset_at(topic, partition, time).await?,
    })
}
