//! Finds steps of an order: the newest ones in memory, older ones page by page.

use std::sync::Arc;

use super::{
    page_cache::{PAGE, Page, PageKey},
    recent::{ForeignRecord, Lookup},
    sequencer::{LogState, Sequencer},
    step::{Step, StepRecord},
};
use crate::{broker::BrokerError, message::PartitionOffset};

/// A step, if there is one.
type Found = Result<Option<Arc<Step>>, BrokerError>;

impl Sequencer {
    /// The first step that covers a record; the oldest step if that one was deleted.
    pub(super) async fn covering(&self, record: PartitionOffset) -> Found {
        let PartitionOffset { partition, offset } = record;
        let known = self.with_state(|state| state.steps.covering(record)).await?;
        if let Lookup::Found(found) = known {
            return Ok(found);
        }
        // The first page whose last step covers it.
        let bounds = |state: &mut LogState| {
            let first = state.start.max(state.epoch());
            (state.epoch(), first, first / PAGE, state.steps.from() / PAGE)
        };
        let (epoch, first, mut low, mut high) = self.with_state(bounds).await?;
        while low < high {
            let middle = low + (high - low) / 2;
            let last = self.last_before((middle + 1) * PAGE, low).await?;
            match last {
                Some(step) if step.epoch == epoch && step.end(partition) > offset => high = middle,
                _ => low = middle + 1,
            }
        }
        let mut at = first.max(low * PAGE);
        while let Some(step) = self.at_or_after(at).await? {
            if step.epoch == epoch && step.end(partition) > offset {
                return Ok(Some(step));
            }
            at = step.at + 1;
        }
        Ok(None)
    }

    /// The oldest step since the topic was last created.
    pub(super) async fn first(&self) -> Found {
        let at = self.with_state(|state| state.start.max(state.epoch())).await?;
        self.at_or_after(at).await
    }

    /// The first step at or after an offset of the log.
    pub(super) async fn at_or_after(&self, mut offset: u64) -> Found {
        loop {
            let known = self.with_state(|state| state.steps.at_or_after(offset)).await?;
            if let Lookup::Found(found) = known {
                return Ok(found);
            }
            let page = self.page(offset / PAGE).await?;
            if let Some(step) = page.iter().find(|step| step.at >= offset) {
                return Ok(Some(Arc::clone(step)));
            }
            offset = (offset / PAGE + 1) * PAGE;
        }
    }

    /// The step before another one; `None` before the first since the topic was last created.
    pub(super) async fn step_before(&self, step: &Step) -> Found {
        let known = self.with_state(|state| state.steps.before(step.at)).await?;
        let found = match known {
            Lookup::Found(found) => Some(found),
            Lookup::Older => {
                let first = self.with_state(|state| state.start.max(state.epoch()) / PAGE).await?;
                self.last_before(step.at, first).await?
            }
        };
        Ok(found.filter(|before| before.epoch == step.epoch))
    }

    /// The last step below an offset of the log, in no page before `first`.
    async fn last_before(&self, offset: u64, first: u64) -> Found {
        let mut page = offset.saturating_sub(1) / PAGE;
        loop {
            let steps = self.page(page).await?;
            if let Some(step) = steps.iter().rfind(|step| step.at < offset) {
                return Ok(Some(Arc::clone(step)));
            }
            if page <= first {
                return Ok(None);
            }
            page -= 1;
        }
    }

    async fn page(&self, number: u64) -> Result<Page, BrokerError> {
        let (generation, next) =
            self.with_state(|state| (state.generation, state.steps.next())).await?;
        let key = PageKey { sequencer: self.number, generation, page: number };
        if let Some(page) = self.pages.get(key) {
            return Ok(page);
        }
        let (base, whole) = (number * PAGE, (number + 1) * PAGE);
        let end = whole.min(next);
        let mut steps = Vec::new();
        let mut oldest = None;
        let take = |at, bytes: &[u8]| {
            oldest.get_or_insert(at);
            match Step::read(at, bytes) {
                StepRecord::Step(step) if at < end => steps.push(Arc::new(step)),
                StepRecord::Step(_) | StepRecord::Void => {}
                StepRecord::Unreadable => return Err(ForeignRecord),
            }
            Ok(())
        };
        self.log.read_into(end, take, base).await?;
        // Another gateway may have deleted the records before.
        if let Some(oldest) = oldest.filter(|oldest| *oldest >= whole) {
            self.with_loaded(|state| state.start = state.start.max(oldest));
        }
        let page: Page = steps.into();
        if end == whole {
            self.pages.put(key, &page);
        }
        Ok(page)
    }
}
