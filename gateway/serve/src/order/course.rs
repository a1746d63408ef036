//! Where a reader is in a stream, and which records come next.

use std::sync::Arc;

use super::{Sequencer, step::Step};
use crate::broker::BrokerError;

/// Records of one partition that follow each other in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Their partition.
    pub partition: u32,
    /// Offset of the first one.
    pub from: u64,
    /// Offset behind the last one; `None` if they go on to the end of the partition.
    pub end: Option<u64>,
}

/// A place before a record, in a step that covers it or ends there.
#[derive(Clone, Debug)]
pub(super) struct Position {
    pub(super) step: Arc<Step>,
    pub(super) partition: u32,
    pub(super) next: u64,
}

impl Position {
    pub(super) fn start_of(step: Arc<Step>) -> Self {
        Self { next: step.prev(0), step, partition: 0 }
    }

    pub(super) fn end_of(step: Arc<Step>) -> Self {
        let partition = step.partitions().saturating_sub(1);
        Self { next: step.end(partition), step, partition }
    }

    /// What comes first is less.
    pub(super) fn key(&self) -> (u64, u32, u64) {
        (self.step.at, self.partition, self.next)
    }
}

/// Where a reader goes on.
#[derive(Clone, Debug)]
pub enum Course {
    /// In one partition, from an offset on.
    One {
        /// The partition.
        partition: u32,
        /// The offset.
        next: u64,
    },
    /// In the order over all partitions.
    Many(Way),
}

/// A way along an order.
#[derive(Clone, Debug)]
pub struct Way {
    order: Arc<Sequencer>,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    /// Before everything.
    Start,
    /// Behind a record that had no place when it was looked for.
    Behind {
        partition: u32,
        offset: u64,
    },
    At(Position),
}

impl Course {
    /// The next records in the order as it is known here; `None` if there are none yet.
    ///
    /// # Errors
    /// The broker's, where the order has to be read.
    pub async fn run(&mut self) -> Result<Option<Run>, BrokerError> {
        match self {
            Self::One { partition, next } => {
                Ok(Some(Run { partition: *partition, from: *next, end: None }))
            }
            Self::Many(way) => way.run().await,
        }
    }

    /// Notes that the records of the last run are done with below `next`.
    pub fn go_on(&mut self, done: u64) {
        match self {
            Self::One { next, .. } => *next = done,
            Self::Many(Way { place: Place::At(position), .. }) => position.next = done,
            Self::Many(_) => {}
        }
    }
}

impl Way {
    /// From the first record on.
    pub fn from_start(order: Arc<Sequencer>) -> Self {
        Self { order, place: Place::Start }
    }

    /// Behind a record.
    pub fn behind(order: Arc<Sequencer>, partition: u32, offset: u64) -> Self {
        Self { order, place: Place::Behind { partition, offset } }
    }

    /// Behind all that is stored now.
    ///
    /// # Errors
    /// The broker's.
    pub async fn from_end(order: Arc<Sequencer>) -> Result<Self, BrokerError> {
        order.cover().await?;
        let place = match order.last() {
            Some(last) => Place::At(Position::end_of(last)),
            None => Place::Start,
        };
        Ok(Self { order, place })
    }

    /// The order itself.
    pub fn order(&self) -> &Arc<Sequencer> {
        &self.order
    }

    async fn run(&mut self) -> Result<Option<Run>, BrokerError> {
        let Some(mut position) = self.position().await? else { return Ok(None) };
        // Steps of an earlier life of the topic are over: their records are gone.
        let epoch = self.order.look(|state| state.epoch()).await?;
        if position.step.epoch < epoch {
            let Some(first) = self.order.first().await? else { return Ok(None) };
            position = Position::start_of(first);
        }
        let found = loop {
            let Position { step, partition, next } = &mut position;
            let end = step.end(*partition);
            if *next < end {
                break Some(Run { partition: *partition, from: *next, end: Some(end) });
            }
            if *partition + 1 < step.partitions() {
                *partition += 1;
                *next = step.prev(*partition);
            } else if let Some(step) = self.order.at_or_behind(step.at + 1).await? {
                position = Position::start_of(step);
            } else {
                break None;
            }
        };
        self.place = Place::At(position);
        Ok(found)
    }

    async fn position(&self) -> Result<Option<Position>, BrokerError> {
        match &self.place {
            Place::At(position) => Ok(Some(position.clone())),
            Place::Start => Ok(self.order.first().await?.map(Position::start_of)),
            Place::Behind { partition, offset } => {
                let mut found = self.order.place(*partition, *offset).await?;
                // Elsewhere if its step is gone: there is the beginning of what is left.
                let record = (*partition, *offset);
                if let Some(p) = found.as_mut().filter(|p| (p.partition, p.next) == record) {
                    p.next += 1;
                }
                Ok(found)
            }
        }
    }
}

impl Sequencer {
    /// The place right before a record, whether or not it is there; the beginning of what is left,
    /// where its step is gone; `None` if it has no place yet.
    pub(super) async fn place(
        &self,
        partition: u32,
        offset: u64,
    ) -> Result<Option<Position>, BrokerError> {
        let Some(step) = self.covering(partition, offset).await? else { return Ok(None) };
        if offset < step.prev(partition) {
            return Ok(Some(Position::start_of(step)));
        }
        Ok(Some(Position { step, partition, next: offset }))
    }

    /// Offset of the first record of each partition that lies behind a record in the order; `None`
    /// if the record has no place yet.
    ///
    /// # Errors
    /// The broker's.
    pub async fn behind(
        &self,
        partition: u32,
        offset: u64,
    ) -> Result<Option<Vec<u64>>, BrokerError> {
        self.cover().await?;
        let Some(found) = self.place(partition, offset).await? else { return Ok(None) };
        let is_there = (found.partition, found.next) == (partition, offset);
        let Position { step, partition, next } = found;
        let next = next + u64::from(is_there);
        let place = |at: u32| match at.cmp(&partition) {
            std::cmp::Ordering::Less => step.end(at),
            std::cmp::Ordering::Equal => next,
            std::cmp::Ordering::Greater => step.prev(at),
        };
        Ok(Some((0..step.partitions()).map(place).collect()))
    }
}
