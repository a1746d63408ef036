//! A cache of older steps: pages of order logs, the least recently used ones are dropped.

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

/// Which page of which order log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PageKey {
    /// Number of the sequencer.
    pub(super) sequencer: u64,
    /// Generation of its state.
    pub(super) generation: u64,
    /// Number of the page, from 0.
    pub(super) page: u64,
}

/// The pages of all order logs.
#[derive(Debug, Default)]
pub(super) struct PageCache {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    pages: HashMap<PageKey, (u64, Page)>,
    bytes: usize,
    /// Counts uses; the page with the smallest number is the least recently used.
    used: u64,
}

impl PageCache {
    /// A page, if it is in the cache.
    pub(super) fn get(&self, key: PageKey) -> Option<Page> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.used += 1;
        let now = kept.used;
        let (used, page) = kept.pages.get_mut(&key)?;
        *used = now;
        Some(Arc::clone(page))
    }

    /// Adds a page, and drops the least recently used ones over the limit.
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
