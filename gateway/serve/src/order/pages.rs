//! Older steps, as far as somebody reads them: pieces of order logs, those used last kept.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::step::Step;

/// Offsets of an order log in one page.
pub(super) const PAGE: u64 = 256;

/// Memory for the pages of all topics together, roughly.
const BYTES_MAX: usize = 32 << 20;

/// The steps among the records of one page.
pub(super) type Page = Arc<[Arc<Step>]>;

/// Which page: number of the sequencer, its life, and the page's number.
pub(super) type PageKey = (u64, u64, u64);

/// All pages that are kept.
#[derive(Debug, Default)]
pub(super) struct Pages {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    pages: HashMap<PageKey, (u64, Page)>,
    bytes: usize,
    /// Counts uses, to tell the page used longest ago.
    used: u64,
}

impl Pages {
    /// A page that is kept.
    pub(super) fn get(&self, key: PageKey) -> Option<Page> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.used += 1;
        let now = kept.used;
        let (used, page) = kept.pages.get_mut(&key)?;
        *used = now;
        Some(Arc::clone(page))
    }

    /// Keeps a page, in place of those used longest ago.
    pub(super) fn put(&self, key: PageKey, page: &Page) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.used += 1;
        let now = kept.used;
        kept.bytes += cost(page);
        if let Some((_, old)) = kept.pages.insert(key, (now, Arc::clone(page))) {
            kept.bytes -= cost(&old);
        }
        while kept.bytes > BYTES_MAX {
            let oldest = kept.pages.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| *key);
            let Some((_, page)) = oldest.and_then(|key| kept.pages.remove(&key)) else { return };
            kept.bytes -= cost(&page);
        }
    }
}

fn cost(page: &Page) -> usize {
    page.iter().map(|step| step.cost()).sum::<usize>() + 128
}
