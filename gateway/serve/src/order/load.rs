//! Brings the state of a sequencer up to date with its log.

use bytes::Bytes;

use super::{
    page_cache::PAGE,
    recent::{ForeignRecord, RecentSteps},
    sequencer::Sequencer,
};
use crate::broker::{BrokerError, OffsetRange};

impl Sequencer {
    /// Reads the end of the log; creates the log if it does not exist.
    pub(super) async fn load(&self) -> Result<(), BrokerError> {
        if self.broker.look_up(&self.log.partition.topic).await?.is_none() {
            self.log.make().await?;
        }
        let OffsetRange { start, end } = self.broker.offsets(&self.log.partition).await?;
        let mut back = PAGE;
        loop {
            let from = end.saturating_sub(back).max(start);
            let mut steps = RecentSteps::new(from);
            self.log.read_into(end, |at, bytes| steps.push(at, bytes).map(|_| ()), from).await?;
            steps.skip_to(end);
            if steps.last().is_some() || from == start {
                self.set_state(start, steps);
                return Ok(());
            }
            // Nothing but void steps.
            back = back.saturating_mul(4);
        }
    }

    /// Reads the newest steps of other gateways.
    pub(super) async fn catch_up(&self) -> Result<(), BrokerError> {
        while let Some(from) = self.with_loaded(|state| state.steps.next()) {
            let records = self.broker.fetch(self.log.page_from(from)).await?;
            if records.is_empty() {
                break;
            }
            for stored in records {
                self.push(stored.offset, stored.record.value.as_deref().unwrap_or_default())?;
            }
        }
        Ok(())
    }

    /// Reads all records of the log below `end`, which are known to be stored.
    pub(super) async fn read_to(&self, end: u64) -> Result<(), BrokerError> {
        let Some(from) = self.with_loaded(|state| state.steps.next()) else { return Ok(()) };
        let mut read = Vec::new();
        let keep = |at, bytes: &[u8]| {
            read.push((at, Bytes::copy_from_slice(bytes)));
            Ok(())
        };
        self.log.read_into(end, keep, from).await?;
        read.iter().try_for_each(|(at, bytes)| self.push(*at, bytes))?;
        self.with_loaded(|state| state.steps.skip_to(end));
        Ok(())
    }

    /// Adds one record of the log to the state.
    pub(super) fn push(&self, at: u64, bytes: &[u8]) -> Result<(), BrokerError> {
        match self.with_loaded(|state| state.steps.push(at, bytes)) {
            Some(Ok(true)) => self.notify_waiters(),
            Some(Ok(false)) | None => {}
            Some(Err(ForeignRecord)) => return Err(self.log.foreign_record()),
        }
        Ok(())
    }
}
