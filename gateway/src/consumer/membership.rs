//! One session's part in a group: its partitions, its places in them, its commits.

use std::{collections::HashMap, sync::Arc};

use thiserror::Error;
use tokio::sync::watch;

use super::{GroupKey, Groups, group::Group};
use crate::{
    broker::{Broker, BrokerError, Committed},
    message::{StartAt, TopicName},
};

/// A member of a group; leaves it when dropped.
#[derive(Debug)]
pub struct Membership {
    groups: Arc<Groups>,
    group: Arc<Group>,
    key: GroupKey,
    member: u64,
    /// Next offset to deliver in each partition that is owned and was read.
    places: HashMap<u32, u64>,
    /// What this member knows to be committed.
    committed: HashMap<u32, u64>,
    /// Begin the next round with this partition, so that none waits for ever behind a busy one.
    turn: usize,
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
    pub(super) fn new(
        groups: Arc<Groups>,
        group: Arc<Group>,
        (name, topic): (&str, &TopicName),
        member: u64,
    ) -> Self {
        let key = (name.to_owned(), topic.clone());
        let (places, committed) = (HashMap::new(), HashMap::new());
        Self { groups, group, key, member, places, committed, turn: 0 }
    }

    /// The topic this is about.
    pub fn topic(&self) -> &TopicName {
        &self.key.1
    }

    /// Tells when partitions move.
    pub fn moved(&self) -> watch::Receiver<u64> {
        self.group.moved()
    }

    /// The partitions this member reads, each time beginning with another one, and the offset to
    /// go on from in each.
    ///
    /// # Errors
    /// The broker's, if a place has to be looked up and cannot be.
    pub async fn assignment(&mut self, start_at: StartAt) -> Result<Vec<(u32, u64)>, BrokerError> {
        let mut owned = self.group.owned(self.member);
        self.places.retain(|partition, _| owned.contains(partition));
        self.committed.retain(|partition, _| owned.contains(partition));
        if !owned.is_empty() {
            self.turn = (self.turn + 1) % owned.len();
            owned.rotate_left(self.turn);
        }
        let mut assignment = Vec::with_capacity(owned.len());
        for partition in owned {
            let place = match self.places.get(&partition) {
                Some(place) => *place,
                None => self.begin(partition, start_at).await?,
            };
            assignment.push((partition, place));
        }
        Ok(assignment)
    }

    /// Where to begin in a partition that has just been dealt to this member.
    async fn begin(&mut self, partition: u32, start_at: StartAt) -> Result<u64, BrokerError> {
        let broker = Arc::clone(&self.groups.broker);
        let (group, topic) = &self.key;
        let place = if let Some(committed) = broker.committed(group, topic, partition).await? {
            self.committed.insert(partition, committed.offset);
            committed.offset
        } else {
            start(broker.as_ref(), topic, partition, start_at).await?
        };
        self.places.insert(partition, place);
        Ok(place)
    }

    /// Notes that everything before `next` was delivered to this member.
    pub fn delivered(&mut self, partition: u32, next: u64) {
        if let Some(place) = self.places.get_mut(&partition) {
            *place = next;
        }
    }

    /// Commits that `offset` is processed: the group goes on behind it. A lower offset than the
    /// one committed is ignored.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was committed, unless the broker's answer is `Unknown`.
    pub async fn commit(&mut self, partition: u32, offset: u64) -> Result<(), CommitError> {
        if !self.group.owns(self.member, partition) {
            return Err(CommitError::NotOwned { partition });
        }
        let (group, topic) = &self.key;
        let broker = &self.groups.broker;
        let end = broker.offsets(topic, partition).await?.end;
        if offset >= end {
            return Err(CommitError::PastTheEnd { partition, offset });
        }
        let known = match self.committed.get(&partition) {
            Some(known) => Some(*known),
            None => broker.committed(group, topic, partition).await?.map(|known| known.offset),
        };
        let next = offset + 1;
        if known.is_some_and(|known| known >= next) {
            return Ok(());
        }
        let committed = Committed { offset: next, metadata: String::new() };
        broker.commit(group, topic, partition, committed).await?;
        self.committed.insert(partition, next);
        Ok(())
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.groups.leave(&self.key, &self.group, self.member);
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
