//! How an order is looked at: the newest steps from memory, older ones page by page.

use std::sync::Arc;

use super::{
    Sequencer,
    pages::{PAGE, Page},
    step::{Said, Step},
    steps::{Alien, Known},
};
use crate::broker::BrokerError;

/// A step, if there is one.
type Found = Result<Option<Arc<Step>>, BrokerError>;

impl Sequencer {
    /// The first step that covers a record. Where that one is deleted: the oldest that is left.
    pub(super) async fn covering(&self, partition: u32, offset: u64) -> Found {
        let known = self.look(|state| state.steps.covering(partition, offset)).await?;
        if let Known::Is(found) = known {
            return Ok(found);
        }
        // The first page of which the last step covers it.
        let bounds = |state: &mut super::sequencer::State| {
            let first = state.start.max(state.epoch());
            (state.epoch(), first, first / PAGE, state.steps.from() / PAGE)
        };
        let (epoch, first, mut low, mut high) = self.look(bounds).await?;
        while low < high {
            let middle = low + (high - low) / 2;
            let last = self.last_before((middle + 1) * PAGE, low).await?;
            match last {
                Some(step) if step.epoch == epoch && step.end(partition) > offset => high = middle,
                _ => low = middle + 1,
            }
        }
        let mut at = first.max(low * PAGE);
        while let Some(step) = self.at_or_behind(at).await? {
            if step.epoch == epoch && step.end(partition) > offset {
                return Ok(Some(step));
            }
            at = step.at + 1;
        }
        Ok(None)
    }

    /// The oldest step that is left of this life of the topic.
    pub(super) async fn first(&self) -> Found {
        let at = self.look(|state| state.start.max(state.epoch())).await?;
        self.at_or_behind(at).await
    }

    /// The first step at or behind an offset of the log.
    pub(super) async fn at_or_behind(&self, mut offset: u64) -> Found {
        loop {
            let known = self.look(|state| state.steps.at_or_behind(offset)).await?;
            if let Known::Is(found) = known {
                return Ok(found);
            }
            let page = self.page(offset / PAGE).await?;
            if let Some(step) = page.iter().find(|step| step.at >= offset) {
                return Ok(Some(Arc::clone(step)));
            }
            offset = (offset / PAGE + 1) * PAGE;
        }
    }

    /// The step before another one in this life of the topic.
    pub(super) async fn step_before(&self, step: &Step) -> Found {
        let known = self.look(|state| state.steps.before(step.at)).await?;
        let found = match known {
            Known::Is(found) => Some(found),
            Known::Older => {
                let first = self.look(|state| state.start.max(state.epoch()) / PAGE).await?;
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
        let (life, next) = self.look(|state| (state.life, state.steps.next())).await?;
        let key = (self.number, life, number);
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
                Said::Step(step) if at < end => steps.push(Arc::new(step)),
                Said::Step(_) | Said::Void => {}
                Said::Unreadable => return Err(Alien),
            }
            Ok(())
        };
        self.read_into(end, take, base).await?;
        // Another gateway may have deleted what lay before.
        if let Some(oldest) = oldest.filter(|oldest| *oldest >= whole) {
            self.known(|state| state.start = state.start.max(oldest));
        }
        let page: Page = steps.into();
        if end == whole {
            self.pages.put(key, &page);
        }
        Ok(page)
    }
}
