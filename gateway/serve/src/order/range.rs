//! The records between two positions of a stream, from either end.

use std::sync::Arc;

use super::{
    cursor::{OffsetRun, OrderPosition},
    sequencer::Sequencer,
};
use crate::{broker::BrokerError, message::PartitionOffset};

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeBound {
    /// Before all records.
    Start,
    /// After all records.
    End,
    /// Right before a record, whether or not it exists.
    Before(PartitionOffset),
    /// Right after a record.
    After(PartitionOffset),
}

/// The records of a range that are not read yet.
#[derive(Clone, Debug)]
pub enum StreamRange {
    /// Of one partition.
    Partition(OffsetRun),
    /// Of all partitions, along their order.
    Order(OrderRange),
}

/// A range of an order.
#[derive(Clone, Debug)]
pub struct OrderRange {
    order: Arc<Sequencer>,
    low: OrderPosition,
    high: OrderPosition,
}

impl OrderRange {
    /// The records between two bounds; `None` if there are none. Records that were stored before
    /// this call are covered where one of the bounds needs them.
    ///
    /// # Errors
    /// The broker's.
    pub async fn between(
        order: Arc<Sequencer>,
        low: RangeBound,
        high: RangeBound,
    ) -> Result<Option<Self>, BrokerError> {
        if high == RangeBound::End {
            order.cover().await?;
        }
        let Some(low) = order.bound_position(low).await? else { return Ok(None) };
        let high = match order.bound_position(high).await? {
            Some(high) => high,
            // It is after all records.
            None => match order.last() {
                Some(last) => OrderPosition::end_of(last),
                None => return Ok(None),
            },
        };
        Ok((low.key() < high.key()).then_some(Self { order, low, high }))
    }

    async fn first(&mut self) -> Result<Option<OffsetRun>, BrokerError> {
        loop {
            let low = &mut self.low;
            let is_last = low.part() == self.high.part();
            let PartitionOffset { partition, offset: from } = low.next;
            let end = if is_last { self.high.next.offset } else { low.step.end(partition) };
            if from < end {
                return Ok(Some(OffsetRun { partition, from, end: Some(end) }));
            }
            if is_last || low.part() > self.high.part() {
                return Ok(None);
            }
            if low.next_partition() {
                continue;
            }
            let Some(step) = self.order.at_or_after(low.step.at + 1).await? else {
                return Ok(None);
            };
            self.low = OrderPosition::start_of(step);
        }
    }

    async fn last(&mut self) -> Result<Option<OffsetRun>, BrokerError> {
        loop {
            let high = &mut self.high;
            let is_last = high.part() == self.low.part();
            let PartitionOffset { partition, offset: end } = high.next;
            let from = if is_last { self.low.next.offset } else { high.step.prev(partition) };
            if from < end {
                return Ok(Some(OffsetRun { partition, from, end: Some(end) }));
            }
            if is_last || high.part() < self.low.part() {
                return Ok(None);
            }
            if let Some(before) = partition.checked_sub(1) {
                high.next = PartitionOffset::new(before, high.step.end(before));
                continue;
            }
            let Some(step) = self.order.step_before(&high.step).await? else { return Ok(None) };
            self.high = OrderPosition::end_of(step);
        }
    }
}

impl StreamRange {
    /// The first records that are not read yet.
    ///
    /// # Errors
    /// The broker's, where the order has to be read.
    pub async fn first(&mut self) -> Result<Option<OffsetRun>, BrokerError> {
        match self {
            Self::Partition(run) => {
                Ok(Some(*run).filter(|run| run.end.is_none_or(|end| run.from < end)))
            }
            Self::Order(range) => range.first().await,
        }
    }

    /// The last records that are not read yet.
    ///
    /// # Errors
    /// As [`StreamRange::first`].
    pub async fn last(&mut self) -> Result<Option<OffsetRun>, BrokerError> {
        match self {
            Self::Partition(_) => self.first().await,
            Self::Order(range) => range.last().await,
        }
    }

    /// Drops the records of the first run below `next`.
    pub fn drop_first(&mut self, next: u64) {
        match self {
            Self::Partition(run) => run.from = next,
            Self::Order(range) => range.low.next.offset = next,
        }
    }

    /// Drops the records of the last run from `end` on.
    pub fn drop_last(&mut self, end: u64) {
        match self {
            Self::Partition(run) => run.end = Some(end),
            Self::Order(range) => range.high.next.offset = end,
        }
    }
}

impl Sequencer {
    /// The position of a bound; `None` if all covered records come before it, or there are none.
    async fn bound_position(
        &self,
        bound: RangeBound,
    ) -> Result<Option<OrderPosition>, BrokerError> {
        match bound {
            RangeBound::Start => Ok(self.first().await?.map(OrderPosition::start_of)),
            RangeBound::End => Ok(self.last().map(OrderPosition::end_of)),
            RangeBound::Before(record) => self.covered_position(record).await,
            RangeBound::After(record) => {
                let mut found = self.covered_position(record).await?;
                if let Some(found) = &mut found {
                    found.pass(record);
                }
                Ok(found)
            }
        }
    }

    /// The position of a record that may be newer than all steps.
    async fn covered_position(
        &self,
        record: PartitionOffset,
    ) -> Result<Option<OrderPosition>, BrokerError> {
        if let Some(found) = self.position_of(record).await? {
            return Ok(Some(found));
        }
        self.cover().await?;
        self.position_of(record).await
    }
}
