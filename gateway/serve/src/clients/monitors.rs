//! The clients that run MONITOR.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;

use super::Registry;
use crate::channels::Subscriber;

/// Those who watch.
#[derive(Debug, Default)]
pub(crate) struct Monitors {
    count: AtomicUsize,
    /// Held for one look or change, never across an await.
    watchers: Mutex<Vec<Arc<Subscriber>>>,
}

impl Monitors {
    /// Does anybody watch?
    #[inline]
    pub(crate) fn are_there(&self) -> bool {
        // Nothing hangs on the order: a watcher sees what comes once it is noticed.
        self.count.load(Ordering::Relaxed) > 0
    }

    fn watchers(&self) -> MutexGuard<'_, Vec<Arc<Subscriber>>> {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tell(&self, lines: &Bytes) {
        self.watchers().iter().for_each(|watcher| watcher.push(lines.clone()));
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Arc<Subscriber>>)) {
        let mut watchers = self.watchers();
        change(&mut watchers);
        self.count.store(watchers.len(), Ordering::Relaxed);
    }
}

/// A connection's place among those who watch, until it is dropped.
pub(crate) struct MonitorHandle {
    registry: Arc<Registry>,
    watcher: Arc<Subscriber>,
}

impl MonitorHandle {
    pub(crate) fn begin(registry: &Arc<Registry>, watcher: Arc<Subscriber>) -> Self {
        registry.monitors.change(|watchers| watchers.push(Arc::clone(&watcher)));
        Self { registry: Arc::clone(registry), watcher }
    }
}

impl Drop for MonitorHandle {
    fn drop(&mut self) {
        let id = self.watcher.id();
        self.registry.monitors.change(|watchers| watchers.retain(|other| other.id() != id));
    }
}
