//! What is counted about one plugin.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use super::{call_error::FailureKind, limits::COUNTERS_MAX, reach::ReachError, text::is_word};

/// A picture of a plugin's counters, for `PLUGIN INFO` and the exporter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginStats {
    /// Calls that were made, failed ones included; a burst of a partitioner is one.
    pub calls: u64,
    /// Calls without an answer, by kind.
    pub failures: [(FailureKind, u64); FailureKind::ALL.len()],
    /// Time until the plugin is tried again; `None` while it is trusted.
    pub quarantined_for: Option<Duration>,
    /// Instances that exist now.
    pub instances: u32,
    /// Instances made so far.
    pub instances_made: u64,
    /// Instances that were replaced because they had served their time or had grown.
    pub instances_recycled: u64,
    /// Bytes of memory at which an instance is replaced; `None` never.
    pub recycle_above_bytes: Option<usize>,
    /// Linear memory of all instances together, in bytes.
    pub memory_bytes: usize,
    /// Log lines that were over the plugin's rate and not shown.
    pub log_lines_dropped: u64,
    /// Calls of `redis` and `sql`, those that failed or were denied included.
    pub host_calls: u64,
    /// Those that the store refused, or to which it gave no answer.
    pub host_call_failures: u64,
    /// Those that asked for what was not granted, and were not sent.
    pub host_calls_denied: u64,
    /// The plugin's own counters, by name.
    pub counters: BTreeMap<String, u64>,
}

/// The counters themselves, shared by all instances of a plugin.
#[derive(Debug, Default)]
pub(super) struct Counters {
    calls: AtomicU64,
    failures: [AtomicU64; FailureKind::ALL.len()],
    instances: AtomicU32,
    instances_made: AtomicU64,
    instances_recycled: AtomicU64,
    /// 0 for never. Instances of one plugin begin with the same memory, so one number does.
    recycle_above: AtomicUsize,
    memory_bytes: AtomicUsize,
    log_lines_dropped: AtomicU64,
    host_calls: AtomicU64,
    host_call_failures: AtomicU64,
    host_calls_denied: AtomicU64,
    own: Mutex<BTreeMap<String, u64>>,
}

impl Counters {
    pub(super) fn add_calls(&self, calls: u64) {
        self.calls.fetch_add(calls, Ordering::Relaxed);
    }

    pub(super) fn add_failure(&self, kind: FailureKind) {
        self.failures[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one more instance unless there are `limit` already.
    pub(super) fn take_instance(&self, limit: u32) -> bool {
        let more = |now: u32| (now < limit).then_some(now + 1);
        let taken = self.instances.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok();
        if taken {
            self.instances_made.fetch_add(1, Ordering::Relaxed);
        }
        taken
    }

    pub(super) fn give_back_instance(&self) {
        self.instances.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn add_recycled(&self) {
        self.instances_recycled.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn set_recycle_above(&self, bytes: Option<usize>) {
        self.recycle_above.store(bytes.unwrap_or_default(), Ordering::Relaxed);
    }

    pub(super) fn add_memory(&self, bytes: usize) {
        self.memory_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn sub_memory(&self, bytes: usize) {
        self.memory_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(super) fn add_log_line_dropped(&self) {
        self.log_lines_dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one call to a store.
    pub(super) fn add_host_call(&self, error: Option<&ReachError>) {
        self.host_calls.fetch_add(1, Ordering::Relaxed);
        match error {
            None => {}
            Some(ReachError::Denied(_)) => {
                self.host_calls_denied.fetch_add(1, Ordering::Relaxed);
            }
            Some(ReachError::Refused(_) | ReachError::Unavailable(_)) => {
                self.host_call_failures.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Adds to a counter of the plugin's own; ignores bad names and names beyond the limit.
    pub(super) fn count(&self, name: &str, by: u64) {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = own.get_mut(name) {
            *count = count.saturating_add(by);
        } else if own.len() < COUNTERS_MAX && is_word(name, b'_') {
            own.insert(name.into(), by);
        }
    }

    pub(super) fn snapshot(&self, quarantined_for: Option<Duration>) -> PluginStats {
        let read = |kind: FailureKind| self.failures[kind as usize].load(Ordering::Relaxed);
        PluginStats {
            calls: self.calls.load(Ordering::Relaxed),
            failures: FailureKind::ALL.map(|kind| (kind, read(kind))),
            quarantined_for,
            instances: self.instances.load(Ordering::Relaxed),
            instances_made: self.instances_made.load(Ordering::Relaxed),
            instances_recycled: self.instances_recycled.load(Ordering::Relaxed),
            recycle_above_bytes: Some(self.recycle_above.load(Ordering::Relaxed))
                .filter(|bytes| *bytes > 0),
            memory_bytes: self.memory_bytes.load(Ordering::Relaxed),
            log_lines_dropped: self.log_lines_dropped.load(Ordering::Relaxed),
            host_calls: self.host_calls.load(Ordering::Relaxed),
            host_call_failures: self.host_call_failures.load(Ordering::Relaxed),
            host_calls_denied: self.host_calls_denied.load(Ordering::Relaxed),
            counters: self.own.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_counters_are_bounded_in_number_and_in_name() {
        let counters = Counters::default();
        counters.count("Bad name", 1);
        for n in 0..100 {
            counters.count(&format!("c{n}"), 1);
        }
        counters.count("c0", u64::MAX);
        let own = counters.snapshot(None).counters;
        assert_eq!(own.len(), COUNTERS_MAX);
        assert_eq!(own["c0"], u64::MAX, "saturates");
    }

    #[test]
    fn instances_are_bounded() {
        let counters = Counters::default();
        assert!(counters.take_instance(1));
        assert!(!counters.take_instance(1));
        counters.give_back_instance();
        assert!(counters.take_instance(1));
    }
}
