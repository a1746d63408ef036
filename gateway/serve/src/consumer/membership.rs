//! A databus session's membership in a group: its partitions, its positions in them, its commits.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::Arc,
};

use thiserror::Error;
use tokio::{sync::watch, time::Instant};

use super::{acknowledged::Acknowledged, local_group::OwnedPartition, member_handle::MemberHandle};
use crate::{
    broker::{Broker, BrokerError},
    message::{PartitionOffset, StartAt, TopicName, TopicPartition},
};

/// A databus session in a group; leaves it when dropped.
#[derive(Debug)]
pub struct Membership {
    member: MemberHandle,
    broker: Arc<dyn Broker>,
    /// Owned partitions that were read or committed in.
    partitions: HashMap<u32, ReadState>,
    /// The next round begins with this partition, so that a busy one does not hold up the others.
    turn: usize,
}

/// How far a session is in a partition.
#[derive(Clone, Debug)]
struct ReadState {
    /// Epoch of the ownership that this belongs to.
    epoch: u64,
    /// Next offset to deliver.
    next: u64,
    /// Offsets that the group acknowledged, as far as this session knows.
    acknowledged: Acknowledged,
    /// True if the group has committed here.
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
    pub(super) fn new(member: MemberHandle, broker: Arc<dyn Broker>) -> Self {
        Self { member, broker, partitions: HashMap::new(), turn: 0 }
    }

    /// A membership of `member` at the same positions.
    pub(super) fn fork(&self, member: MemberHandle, broker: Arc<dyn Broker>) -> Self {
        let owned = self.member.owned();
        let copy = |OwnedPartition { partition, epoch }| {
            let state = self.partitions.get(&partition)?;
            let is_valid = owned.contains(&OwnedPartition { partition, epoch: state.epoch });
            is_valid.then(|| (partition, ReadState { epoch, ..state.clone() }))
        };
        let partitions = member.owned().into_iter().filter_map(copy).collect();
        Self { member, broker, partitions, turn: self.turn }
    }

    /// Its partitions; `None` until the group has assigned them.
    pub fn partitions(&self) -> Option<Vec<u32>> {
        self.member.partitions()
    }

    /// The next offset to deliver, in each partition that it has begun to read.
    pub fn positions(&self) -> BTreeMap<u32, u64> {
        self.partitions.iter().map(|(partition, state)| (*partition, state.next)).collect()
    }

    /// The group's name.
    pub fn group(&self) -> &str {
        self.member.name()
    }

    /// The topic it reads.
    pub fn topic(&self) -> &TopicName {
        self.member.topic()
    }

    /// Changes when partitions move.
    pub fn moved(&self) -> watch::Receiver<u64> {
        self.member.moved()
    }

    /// Waits until the group has assigned its partitions, but not longer than `until`.
    pub async fn assigned(&self, until: Instant) {
        self.member.assigned(until).await;
    }

    /// The partitions of this session, each time beginning with another one, and the offset to
    /// continue from in each.
    ///
    /// # Errors
    /// The broker's, if a committed offset has to be looked up and cannot be.
    pub async fn assignment(
        &mut self,
        start_at: StartAt,
    ) -> Result<Vec<PartitionOffset>, BrokerError> {
        let mut owned = self.member.owned();
        self.partitions.retain(|partition, state| {
            owned.contains(&OwnedPartition { partition: *partition, epoch: state.epoch })
        });
        if !owned.is_empty() {
            self.turn = (self.turn + 1) % owned.len();
            owned.rotate_left(self.turn);
        }
        let mut assignment = Vec::with_capacity(owned.len());
        for owned in owned {
            let next = match self.partitions.get(&owned.partition) {
                Some(state) => state.next,
                None => self.begin(owned, start_at).await?,
            };
            assignment.push(PartitionOffset::new(owned.partition, next));
        }
        Ok(assignment)
    }

    /// The offset to begin with in a partition that was just assigned to this session.
    async fn begin(
        &mut self,
        owned: OwnedPartition,
        start_at: StartAt,
    ) -> Result<u64, BrokerError> {
        let OwnedPartition { partition, epoch } = owned;
        let (group, topic) = (self.member.name(), self.member.topic());
        let at = TopicPartition::new(topic.clone(), partition);
        let committed = self.broker.committed(group, &at).await?;
        let is_committed = committed.is_some();
        let acknowledged = match committed {
            Some(committed) => Acknowledged::from_committed(&committed),
            None => Acknowledged::below(start(&*self.broker, &at, start_at).await?),
        };
        let next = acknowledged.next();
        let state = ReadState { epoch, next, acknowledged, is_committed };
        self.partitions.insert(partition, state);
        Ok(next)
    }

    /// Moves to `next` in a partition: the records below were delivered to this session.
    pub fn delivered(&mut self, partition: u32, next: u64) {
        if let Some(state) = self.partitions.get_mut(&partition) {
            state.next = next;
        }
    }

    /// True if this record was acknowledged out of order before the partition came here.
    pub fn is_acknowledged(&self, partition: u32, offset: u64) -> bool {
        self.partitions.get(&partition).is_some_and(|state| state.acknowledged.contains(offset))
    }

    /// Commits that all records up to and including `offset` are processed. An offset below the
    /// committed one is ignored.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was committed, unless the broker's answer is `Unknown`.
    pub async fn commit(&mut self, partition: u32, offset: u64) -> Result<(), CommitError> {
        self.acknowledge(partition, 0..offset.saturating_add(1)).await
    }

    /// Commits that a run of offsets is processed, whatever is before it: the group continues with
    /// the lowest one that is not.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was committed, unless the broker's answer is `Unknown`.
    pub async fn acknowledge(
        &mut self,
        partition: u32,
        run: Range<u64>,
    ) -> Result<(), CommitError> {
        let owned = self.member.owned().into_iter().find(|owned| owned.partition == partition);
        let Some(owned) = owned else { return Err(CommitError::NotOwned { partition }) };
        if self.partitions.get(&partition).is_none_or(|state| state.epoch != owned.epoch) {
            self.begin(owned, StartAt::Newest).await?;
        }
        let Some(state) = self.partitions.get_mut(&partition) else {
            return Err(CommitError::NotOwned { partition });
        };
        if run.end > state.next {
            let at = TopicPartition::new(self.member.topic().clone(), partition);
            let end = self.broker.offsets(&at).await?.end;
            if run.end > end {
                return Err(CommitError::PastTheEnd { partition, offset: run.end - 1 });
            }
        }
        let mut acknowledged = state.acknowledged.clone();
        if !state.is_committed && run.start == 0 {
            // The first commit of a group counts as it is, even below its first read offset.
            acknowledged = Acknowledged::below(run.end);
        } else if !acknowledged.add(run) && state.is_committed {
            return Ok(());
        }
        let stored = self.member.commit(partition, acknowledged.to_committed()).await;
        match stored {
            Ok(()) => {
                state.acknowledged = acknowledged;
                state.is_committed = true;
                Ok(())
            }
            Err(BrokerError::NotOwner { .. }) => Err(CommitError::NotOwned { partition }),
            Err(error) => Err(CommitError::Broker(error)),
        }
    }
}

/// The first offset of a group without a committed one.
async fn start(
    broker: &dyn Broker,
    partition: &TopicPartition,
    start_at: StartAt,
) -> Result<u64, BrokerError> {
    let range = broker.offsets(partition).await?;
    Ok(match start_at {
        StartAt::Oldest => range.start,
        StartAt::Newest | StartAt::Configured => range.end,
        StartAt::Offset(offset) => offset.clamp(range.start, range.end),
        StartAt::Timestamp(time) => broker.offset_at(partition, time).await?,
    })
}
