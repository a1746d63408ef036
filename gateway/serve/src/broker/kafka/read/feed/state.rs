//! The state of the feed, shared by its tasks and its readers.

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::watch;

use crate::broker::kafka::{
    connection::KafkaConnection, names::NameMapping, read::tail_cache::TailCache,
};

/// How long a fetch waits at a broker. A newly followed partition waits for the running fetch.
pub(super) const FETCH_WAIT: Duration = Duration::from_millis(100);

/// Least size of one fetch, in bytes.
pub(super) const FETCH_BYTES_MIN: usize = 1 << 20;

/// Most bytes of one fetch; larger records come one by one.
pub(super) const FETCH_BYTES_MAX: usize = 16 << 20;

/// The state that the feed's tasks and its readers share.
#[derive(Debug)]
pub(super) struct FeedState {
    pub(super) names: NameMapping,
    pub(super) connection: Arc<KafkaConnection>,
    pub(super) bytes_max: usize,
    cache: Mutex<TailCache>,
    /// Counts changes of the followed partitions and their leaders.
    changes: watch::Sender<u64>,
    closed: AtomicBool,
}

impl FeedState {
    pub(super) fn new(
        names: NameMapping,
        connection: Arc<KafkaConnection>,
        bytes_max: usize,
    ) -> Self {
        Self {
            names,
            connection,
            bytes_max,
            cache: Mutex::new(TailCache::new(bytes_max)),
            changes: watch::Sender::new(0),
            closed: AtomicBool::new(false),
        }
    }

    pub(super) fn cache(&self) -> MutexGuard<'_, TailCache> {
        self.cache.lock().expect("nothing panics under this lock")
    }

    /// Wakes the feed's tasks: the followed partitions or their leaders changed.
    pub(super) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Changes with the followed partitions and their leaders.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Ends the feed's tasks.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.changed();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}
