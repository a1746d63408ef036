//! What the cache and the tasks that refresh it share.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::{authority::Authority, credentials_hash::CredentialsHash, entry::Entry};
use crate::{clock::Clock, telemetry::Counters};

/// The entries of the cache, and who answers for them.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) authority: Arc<dyn Authority>,
    pub(super) counters: Arc<Counters>,
    pub(super) clock: Clock,
    /// Held for one look or change, never across an await.
    entries: Mutex<HashMap<CredentialsHash, Arc<Entry>>>,
    /// Authenticators that cannot answer now.
    unavailable: Mutex<BTreeSet<Arc<str>>>,
    /// Grows when the authenticators change: older answers are refreshed.
    pub(super) version: watch::Sender<u64>,
}

impl Shared {
    pub(super) fn new(
        authority: Arc<dyn Authority>,
        counters: Arc<Counters>,
        clock: Clock,
    ) -> Arc<Self> {
        Arc::new(Self {
            authority,
            counters,
            clock,
            entries: Mutex::default(),
            unavailable: Mutex::default(),
            version: watch::Sender::new(0),
        })
    }

    pub(super) fn entries(&self) -> MutexGuard<'_, HashMap<CredentialsHash, Arc<Entry>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes an entry, if the cache still holds this one.
    pub(super) fn forget(&self, key: CredentialsHash, entry: &Arc<Entry>) {
        let mut entries = self.entries();
        if entries.get(&key).is_some_and(|known| Arc::ptr_eq(known, entry)) {
            entries.remove(&key);
        }
    }

    /// Logs once that an authenticator cannot answer.
    pub(super) fn note_unavailable(&self, authenticator: &Arc<str>, why: &str) {
        let mut unavailable = self.unavailable.lock().unwrap_or_else(PoisonError::into_inner);
        if unavailable.insert(Arc::clone(authenticator)) {
            tracing::warn!(plugin = &**authenticator, error = why, "authenticator unavailable");
        }
    }

    /// Logs once that it answers again.
    pub(super) fn note_available(&self, authenticator: &Arc<str>) {
        let mut unavailable = self.unavailable.lock().unwrap_or_else(PoisonError::into_inner);
        if unavailable.remove(authenticator) {
            tracing::info!(plugin = &**authenticator, "authenticator available again");
        }
    }
}
