//! The clients that run MONITOR.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;

use crate::channels::Subscriber;

/// The queues of the clients that run MONITOR.
#[derive(Debug, Default)]
pub struct Monitors {
    count: AtomicUsize,
    /// Held for one look or change, never across an await.
    subscribers: Mutex<Vec<Arc<Subscriber>>>,
}

impl Monitors {
    /// Does any client run MONITOR?
    #[inline]
    pub(crate) fn are_there(&self) -> bool {
        // Nothing hangs on the order: a monitor sees the requests after its own.
        self.count.load(Ordering::Relaxed) > 0
    }

    fn subscribers(&self) -> MutexGuard<'_, Vec<Arc<Subscriber>>> {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts lines into the queues of all of them.
    pub(crate) fn send(&self, lines: &Bytes) {
        self.subscribers().iter().for_each(|subscriber| subscriber.push(lines.clone()));
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Arc<Subscriber>>)) {
        let mut subscribers = self.subscribers();
        change(&mut subscribers);
        self.count.store(subscribers.len(), Ordering::Relaxed);
    }
}

/// Keeps a client in the list of monitors until it is dropped.
pub(crate) struct MonitorHandle {
    monitors: Arc<Monitors>,
    subscriber: Arc<Subscriber>,
}

impl MonitorHandle {
    pub(crate) fn begin(monitors: &Arc<Monitors>, subscriber: Arc<Subscriber>) -> Self {
        monitors.change(|subscribers| subscribers.push(Arc::clone(&subscriber)));
        Self { monitors: Arc::clone(monitors), subscriber }
    }
}

impl Drop for MonitorHandle {
    fn drop(&mut self) {
        let id = self.subscriber.id();
        self.monitors.change(|subscribers| subscribers.retain(|other| other.id() != id));
    }
}
