//! What lies between two places of a stream, from either end.

use std::sync::Arc;

use super::{
    Sequencer,
    course::{Position, Run},
};
use crate::broker::BrokerError;

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Before everything.
    Start,
    /// Behind everything.
    End,
    /// Right before a record, whether or not it is there.
    Before {
        /// Its partition.
        partition: u32,
        /// Its offset.
        offset: u64,
    },
    /// Right behind it.
    Behind {
        /// Its partition.
        partition: u32,
        /// Its offset.
        offset: u64,
    },
}

/// Records that are still wanted of a range.
#[derive(Clone, Debug)]
pub enum Range {
    /// Of one partition.
    One(Run),
    /// Along the order over all partitions.
    Many(Span),
}

/// A piece of an order.
#[derive(Clone, Debug)]
pub struct Span {
    order: Arc<Sequencer>,
    low: Position,
    high: Position,
}

impl Span {
    /// What lies between two bounds; `None` if that is nothing. What was stored before this call
    /// has its place where one of the bounds needs it.
    ///
    /// # Errors
    /// The broker's.
    pub async fn between(
        order: Arc<Sequencer>,
        low: Bound,
        high: Bound,
    ) -> Result<Option<Self>, BrokerError> {
        if high == Bound::End {
            order.cover().await?;
        }
        let Some(low) = order.position(low).await? else { return Ok(None) };
        let high = match order.position(high).await? {
            Some(high) => high,
            // It lies behind all that is there.
            None => match order.last() {
                Some(last) => Position::end_of(last),
                None => return Ok(None),
            },
        };
        Ok((low.key() < high.key()).then_some(Self { order, low, high }))
    }

    async fn first(&mut self) -> Result<Option<Run>, BrokerError> {
        loop {
            let Position { step, partition, next } = &mut self.low;
            let is_last = (step.at, *partition) == (self.high.step.at, self.high.partition);
            let end = if is_last { self.high.next } else { step.end(*partition) };
            if *next < end {
                return Ok(Some(Run { partition: *partition, from: *next, end: Some(end) }));
            }
            if is_last || (step.at, *partition) > (self.high.step.at, self.high.partition) {
                return Ok(None);
            }
            if *partition + 1 < step.partitions() {
                *partition += 1;
                *next = step.prev(*partition);
            } else if let Some(step) = self.order.at_or_behind(step.at + 1).await? {
                self.low = Position::start_of(step);
            } else {
                return Ok(None);
            }
        }
    }

    async fn last(&mut self) -> Result<Option<Run>, BrokerError> {
        loop {
            let Position { step, partition, next } = &mut self.high;
            let is_last = (step.at, *partition) == (self.low.step.at, self.low.partition);
            let from = if is_last { self.low.next } else { step.prev(*partition) };
            if from < *next {
                return Ok(Some(Run { partition: *partition, from, end: Some(*next) }));
            }
            if is_last || (step.at, *partition) < (self.low.step.at, self.low.partition) {
                return Ok(None);
            }
            if let Some(before) = partition.checked_sub(1) {
                *partition = before;
                *next = step.end(before);
            } else if let Some(step) = self.order.step_before(step).await? {
                self.high = Position::end_of(step);
            } else {
                return Ok(None);
            }
        }
    }
}

impl Range {
    /// The first records that are still wanted.
    ///
    /// # Errors
    /// The broker's, where the order has to be read.
    pub async fn first(&mut self) -> Result<Option<Run>, BrokerError> {
        match self {
            Self::One(run) => Ok(Some(*run).filter(|run| run.end.is_none_or(|end| run.from < end))),
            Self::Many(span) => span.first().await,
        }
    }

    /// The last records that are still wanted.
    ///
    /// # Errors
    /// As [`Range::first`].
    pub async fn last(&mut self) -> Result<Option<Run>, BrokerError> {
        match self {
            Self::One(_) => self.first().await,
            Self::Many(span) => span.last().await,
        }
    }

    /// Notes that the records of the first run are done with below `next`.
    pub fn drop_first(&mut self, next: u64) {
        match self {
            Self::One(run) => run.from = next,
            Self::Many(span) => span.low.next = next,
        }
    }

    /// Notes that the records of the last run are done with from `end` on.
    pub fn drop_last(&mut self, end: u64) {
        match self {
            Self::One(run) => run.end = Some(end),
            Self::Many(span) => span.high.next = end,
        }
    }
}

impl Sequencer {
    /// The place of a bound; `None` if all that has a place lies before it, or if there is nothing.
    async fn position(&self, bound: Bound) -> Result<Option<Position>, BrokerError> {
        match bound {
            Bound::Start => Ok(self.first().await?.map(Position::start_of)),
            Bound::End => Ok(self.last().map(Position::end_of)),
            Bound::Before { partition, offset } => self.sure_place(partition, offset).await,
            Bound::Behind { partition, offset } => {
                let mut found = self.sure_place(partition, offset).await?;
                if let Some(p) =
                    found.as_mut().filter(|p| (p.partition, p.next) == (partition, offset))
                {
                    p.next += 1;
                }
                Ok(found)
            }
        }
    }

    /// The place of a record that may be newer than any step.
    async fn sure_place(
        &self,
        partition: u32,
        offset: u64,
    ) -> Result<Option<Position>, BrokerError> {
        if let Some(place) = self.place(partition, offset).await? {
            return Ok(Some(place));
        }
        self.cover().await?;
        self.place(partition, offset).await
    }
}
