//! What was written, delivered and acknowledged, as the clients were told.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

/// All that clients know.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Grows with every request and every answer, so that what came first is known.
    clock: AtomicU64,
    entries: Mutex<HashMap<String, Fate>>,
    /// Entries that are delivered and not acknowledged, and the most there were at once.
    pending: AtomicUsize,
    pending_max: AtomicUsize,
    /// Pending ones that were claimed by another consumer.
    claimed: AtomicUsize,
    consumers_lost: AtomicUsize,
    /// Acknowledgements whose answer did not come: they may be stored or not.
    unanswered: AtomicUsize,
}

/// What became of an entry, counted by the clients.
#[derive(Debug, Default)]
struct Fate {
    is_written: bool,
    deliveries: usize,
    /// It was delivered, and no answer has said that it is acknowledged.
    is_pending: bool,
    /// It was asked for after an answer had said that it was acknowledged, and delivered.
    came_back: usize,
    /// When the answer came that it is acknowledged.
    acknowledged: Option<u64>,
}

impl Ledger {
    fn entries(&self) -> MutexGuard<'_, HashMap<String, Fate>> {
        self.entries.lock().expect("nobody panics")
    }

    pub(super) fn written(&self, id: String) {
        self.entries().entry(id).or_default().is_written = true;
    }

    /// Notes that something happens now; answers when.
    pub(super) fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    /// Entries of an answer to a request that was sent at `asked`: an acknowledgement that was
    /// answered later may have been on its way at the same time as the delivery.
    pub(super) fn delivered(&self, ids: &[String], asked: u64) {
        let mut entries = self.entries();
        for id in ids {
            let fate = entries.entry(id.clone()).or_default();
            fate.deliveries += 1;
            fate.came_back +=
                usize::from(fate.acknowledged.is_some_and(|answered| answered < asked));
            if !fate.is_pending && fate.acknowledged.is_none() {
                fate.is_pending = true;
                let pending = self.pending.fetch_add(1, Ordering::Relaxed) + 1;
                self.pending_max.fetch_max(pending, Ordering::Relaxed);
            }
        }
    }

    /// Pending entries that another consumer had: the same deliveries, known to be repeats.
    pub(super) fn claimed(&self, ids: &[String], asked: u64) {
        self.delivered(ids, asked);
        self.claimed.fetch_add(ids.len(), Ordering::Relaxed);
    }

    /// Entries of an XACK whose answer was that all of them were acknowledged.
    pub(super) fn acknowledged(&self, ids: &[String]) {
        let mut entries = self.entries();
        for id in ids {
            let fate = entries.entry(id.clone()).or_default();
            fate.acknowledged.get_or_insert_with(|| self.now());
            if std::mem::take(&mut fate.is_pending) {
                self.pending.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    pub(super) fn note_lost_consumer(&self) {
        self.consumers_lost.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_unanswered(&self, count: usize) {
        self.unanswered.fetch_add(count, Ordering::Relaxed);
    }

    /// Entries that were written and not delivered, in words; `None` if there are none.
    pub(super) fn undelivered(&self) -> Option<String> {
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
        let acknowledged = entries.values().filter(|fate| fate.acknowledged.is_some()).count();
        let came_back: usize = entries.values().map(|fate| fate.came_back).sum();
        format!(
            "{written} entries, {acknowledged} acknowledged with a reply, {came_back} of them \
             delivered again; {} repeats and {} claims of others, at most {} pending at once, {} \
             acknowledgements without an answer, {} consumers lost",
            Self::repeats(&entries).saturating_sub(self.claimed.load(Ordering::Relaxed)),
            self.claimed.load(Ordering::Relaxed),
            self.pending_max.load(Ordering::Relaxed),
            self.unanswered.load(Ordering::Relaxed),
            self.consumers_lost.load(Ordering::Relaxed),
        )
    }

    fn repeats(entries: &HashMap<String, Fate>) -> usize {
        entries.values().map(|fate| fate.deliveries.saturating_sub(1)).sum()
    }

    /// Nothing that was acknowledged with a reply came again, and each of so many times that
    /// partitions moved repeated no more than was pending.
    pub(super) fn check(&self, moves: usize) {
        let entries = self.entries();
        let back = entries.iter().filter(|(_, fate)| fate.came_back > 0);
        let back: Vec<_> = back.collect();
        assert!(back.is_empty(), "acknowledged and delivered again: {back:?}");
        let most = moves * self.pending_max.load(Ordering::Relaxed);
        let most = most + self.claimed.load(Ordering::Relaxed);
        let repeats = Self::repeats(&entries);
        assert!(repeats <= most, "{repeats} repeats, and at most {most} were pending");
    }
}
