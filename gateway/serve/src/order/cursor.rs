//! A reader's position in a stream, and the records that come next.

use std::{cmp::Ordering, sync::Arc};

use super::{sequencer::Sequencer, step::Step};
use crate::{broker::BrokerError, message::PartitionOffset};

/// Records of one partition that follow each other in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetRun {
    /// Their partition.
    pub partition: u32,
    /// Offset of the first one.
    pub from: u64,
    /// Offset after the last one; `None` if they continue to the end of the partition.
    pub end: Option<u64>,
}

/// The position before a record, in a step that covers the record or ends there.
#[derive(Clone, Debug)]
pub(super) struct OrderPosition {
    pub(super) step: Arc<Step>,
    pub(super) next: PartitionOffset,
}

impl OrderPosition {
    /// Before the first record of a step.
    pub(super) fn start_of(step: Arc<Step>) -> Self {
        Self { next: PartitionOffset::new(0, step.prev(0)), step }
    }

    /// After the last record of a step.
    pub(super) fn end_of(step: Arc<Step>) -> Self {
        let partition = step.partitions().saturating_sub(1);
        Self { next: PartitionOffset::new(partition, step.end(partition)), step }
    }

    /// Smaller for an earlier position.
    pub(super) fn key(&self) -> (u64, PartitionOffset) {
        (self.step.at, self.next)
    }

    /// The part of the order that is one partition of one step.
    pub(super) fn part(&self) -> (u64, u32) {
        (self.step.at, self.next.partition)
    }

    /// Moves from before `record` to after it. Elsewhere it stays: the step of the record was
    /// deleted, and this is the start of what is left.
    pub(super) fn pass(&mut self, record: PartitionOffset) {
        if self.next == record {
            self.next.offset += 1;
        }
    }

    /// Moves to the next partition of the step; false after the last one.
    pub(super) fn next_partition(&mut self) -> bool {
        let partition = self.next.partition + 1;
        let exists = partition < self.step.partitions();
        if exists {
            self.next = PartitionOffset::new(partition, self.step.prev(partition));
        }
        exists
    }
}

/// A reader's position in a stream.
#[derive(Clone, Debug)]
pub enum StreamCursor {
    /// Reads one partition, from this offset on.
    Partition(PartitionOffset),
    /// Reads all partitions along their order.
    Order(OrderCursor),
}

/// A reader's position in an order.
#[derive(Clone, Debug)]
pub struct OrderCursor {
    order: Arc<Sequencer>,
    position: CursorPosition,
}

#[derive(Clone, Debug)]
enum CursorPosition {
    /// Before all records.
    Start,
    /// After a record that no step covered when it was last looked up.
    After(PartitionOffset),
    At(OrderPosition),
}

impl StreamCursor {
    /// The next records, as far as the order is known in this gateway; `None` if there are none yet.
    ///
    /// # Errors
    /// The broker's, where the order has to be read.
    pub async fn next_run(&mut self) -> Result<Option<OffsetRun>, BrokerError> {
        match self {
            Self::Partition(next) => {
                let PartitionOffset { partition, offset: from } = *next;
                Ok(Some(OffsetRun { partition, from, end: None }))
            }
            Self::Order(cursor) => cursor.next_run().await,
        }
    }

    /// Moves to `next` in the partition of the last run: the records below have been read.
    pub fn advance(&mut self, next: u64) {
        match self {
            Self::Partition(position)
            | Self::Order(OrderCursor {
                position: CursorPosition::At(OrderPosition { next: position, .. }),
                ..
            }) => position.offset = next,
            Self::Order(_) => {}
        }
    }
}

impl OrderCursor {
    /// Reads from the first record on.
    pub fn from_start(order: Arc<Sequencer>) -> Self {
        Self { order, position: CursorPosition::Start }
    }

    /// Reads the records after this one.
    pub fn after(order: Arc<Sequencer>, record: PartitionOffset) -> Self {
        Self { order, position: CursorPosition::After(record) }
    }

    /// Reads the records that are stored from now on.
    ///
    /// # Errors
    /// The broker's.
    pub async fn from_end(order: Arc<Sequencer>) -> Result<Self, BrokerError> {
        order.cover().await?;
        let position = match order.last() {
            Some(last) => CursorPosition::At(OrderPosition::end_of(last)),
            None => CursorPosition::Start,
        };
        Ok(Self { order, position })
    }

    /// The order that it reads.
    pub fn order(&self) -> &Arc<Sequencer> {
        &self.order
    }

    async fn next_run(&mut self) -> Result<Option<OffsetRun>, BrokerError> {
        let Some(mut position) = self.position().await? else { return Ok(None) };
        // The topic was deleted and created again: the records of older steps are gone.
        let epoch = self.order.with_state(|state| state.epoch()).await?;
        if position.step.epoch < epoch {
            let Some(first) = self.order.first().await? else { return Ok(None) };
            position = OrderPosition::start_of(first);
        }
        let found = loop {
            let PartitionOffset { partition, offset: from } = position.next;
            let end = position.step.end(partition);
            if from < end {
                break Some(OffsetRun { partition, from, end: Some(end) });
            }
            if position.next_partition() {
                continue;
            }
            let Some(step) = self.order.at_or_after(position.step.at + 1).await? else {
                break None;
            };
            position = OrderPosition::start_of(step);
        };
        self.position = CursorPosition::At(position);
        Ok(found)
    }

    async fn position(&self) -> Result<Option<OrderPosition>, BrokerError> {
        match &self.position {
            CursorPosition::At(position) => Ok(Some(position.clone())),
            CursorPosition::Start => Ok(self.order.first().await?.map(OrderPosition::start_of)),
            CursorPosition::After(record) => {
                let mut found = self.order.position_of(*record).await?;
                if let Some(found) = &mut found {
                    found.pass(*record);
                }
                Ok(found)
            }
        }
    }
}

impl Sequencer {
    /// The position right before a record, whether or not the record exists; the start of what is
    /// left, if its step was deleted; `None` if no step covers it yet.
    pub(super) async fn position_of(
        &self,
        record: PartitionOffset,
    ) -> Result<Option<OrderPosition>, BrokerError> {
        let Some(step) = self.covering(record).await? else { return Ok(None) };
        if record.offset < step.prev(record.partition) {
            return Ok(Some(OrderPosition::start_of(step)));
        }
        Ok(Some(OrderPosition { step, next: record }))
    }

    /// For each partition, the offset of the first record that comes after a record in the order;
    /// `None` if no step covers the record yet.
    ///
    /// # Errors
    /// The broker's.
    pub async fn offsets_after(
        &self,
        record: PartitionOffset,
    ) -> Result<Option<Vec<u64>>, BrokerError> {
        self.cover().await?;
        let Some(mut found) = self.position_of(record).await? else { return Ok(None) };
        found.pass(record);
        let OrderPosition { step, next } = found;
        let first = |partition: u32| match partition.cmp(&next.partition) {
            Ordering::Less => step.end(partition),
            Ordering::Equal => next.offset,
            Ordering::Greater => step.prev(partition),
        };
        Ok(Some((0..step.partitions()).map(first).collect()))
    }
}
