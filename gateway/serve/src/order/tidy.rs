//! Steps that nobody needs any more.

use std::sync::Arc;

use super::{Sequencer, step::Step};
use crate::broker::{BrokerError, OffsetRange};

/// Steps whose records are all gone are deleted after so many steps of this gateway.
pub(super) const TIDY_STEPS: u32 = 1_000;

impl Sequencer {
    /// Now and then deletes steps whose records are all gone. That it cannot harms nobody.
    pub(super) async fn tidy(&self, ranges: &[OffsetRange]) {
        {
            let mut pace = self.pace();
            pace.since_tidied += 1;
            if pace.since_tidied < TIDY_STEPS {
                return;
            }
            pace.since_tidied = 0;
        }
        let tidied = self.delete_unused(ranges).await;
        if let Err(error) = tidied
            && self.pace().refused.may().is_some()
        {
            tracing::info!(topic = %self.log, %error, "old steps of an order are kept");
        }
    }

    async fn delete_unused(&self, ranges: &[OffsetRange]) -> Result<(), BrokerError> {
        let Some(last) = self.last() else { return Ok(()) };
        let mut before = last.at;
        for (partition, range) in (0_u32..).zip(ranges) {
            let first: Option<Arc<Step>> = self.covering(partition, range.start).await?;
            before = before.min(first.map_or(before, |step| step.at));
        }
        let start = self.known(|state| state.start).unwrap_or(before);
        if before > start {
            let start = self.broker.delete_records(&self.log, 0, before).await?;
            self.known(|state| state.start = state.start.max(start));
        }
        Ok(())
    }
}
