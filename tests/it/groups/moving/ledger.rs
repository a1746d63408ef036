//! What was written, delivered and acknowledged, as the clients were told.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

/// All that clients know.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: Mutex<HashMap<String, Fate>>,
    kills: AtomicUsize,
    consumers_lost: AtomicUsize,
    /// Acknowledgements whose answer did not come: they may be stored or not.
    unanswered: AtomicUsize,
}

/// What became of an entry, counted by the clients.
#[derive(Debug, Default)]
struct Fate {
    is_written: bool,
    deliveries: usize,
    /// It was delivered when an answer had said already that it was acknowledged.
    came_back: usize,
    is_acknowledged: bool,
}

impl Ledger {
    fn entries(&self) -> MutexGuard<'_, HashMap<String, Fate>> {
        self.entries.lock().expect("nobody panics")
    }

    pub(super) fn written(&self, id: String) {
        self.entries().entry(id).or_default().is_written = true;
    }

    pub(super) fn delivered(&self, ids: &[String]) {
        let mut entries = self.entries();
        for id in ids {
            let fate = entries.entry(id.clone()).or_default();
            fate.deliveries += 1;
            fate.came_back += usize::from(fate.is_acknowledged);
        }
    }

    /// Entries of an XACK whose answer was that all of them were acknowledged.
    pub(super) fn acknowledged(&self, ids: &[String]) {
        let mut entries = self.entries();
        for id in ids {
            entries.entry(id.clone()).or_default().is_acknowledged = true;
        }
    }

    pub(super) fn note_kill(&self) {
        self.kills.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_lost_consumer(&self) {
        self.consumers_lost.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_unanswered(&self, count: usize) {
        self.unanswered.fetch_add(count, Ordering::Relaxed);
    }

    /// Entries that were written and not delivered, in words; `None` if there are none.
    pub(super) fn unacknowledged(&self) -> Option<String> {
        let entries = self.entries();
        let written = entries.iter().filter(|(_, fate)| fate.is_written);
        let mut left: Vec<_> = written.filter(|(_, fate)| fate.deliveries == 0).collect();
        left.sort_unstable_by_key(|(id, _)| (*id).clone());
        let first: Vec<_> = left.iter().take(10).map(|(id, _)| id.as_str()).collect();
        (!left.is_empty()).then(|| format!("{} not delivered: {first:?}", left.len()))
    }

    pub(super) fn report(&self) -> String {
        let entries = self.entries();
        let written = entries.values().filter(|fate| fate.is_written).count();
        let acknowledged = entries.values().filter(|fate| fate.is_acknowledged).count();
        let repeats: usize = entries.values().map(|fate| fate.deliveries.saturating_sub(1)).sum();
        let came_back: usize = entries.values().map(|fate| fate.came_back).sum();
        format!(
            "{written} entries, {acknowledged} acknowledged with a reply, {repeats} repeats \
             ({came_back} of acknowledged ones), {} acknowledgements without an answer, {} \
             consumers lost",
            self.unanswered.load(Ordering::Relaxed),
            self.consumers_lost.load(Ordering::Relaxed),
        )
    }

    /// Nothing that was acknowledged with a reply came again.
    pub(super) fn check(&self) {
        let entries = self.entries();
        let back = entries.iter().filter(|(_, fate)| fate.came_back > 0);
        let back: Vec<_> = back.collect();
        assert!(back.is_empty(), "acknowledged and delivered again: {back:?}");
    }
}
