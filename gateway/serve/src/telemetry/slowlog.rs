//! Slow commands, as SLOWLOG shows them.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Entries kept: the newest. As many as Redis keeps.
pub const SLOWLOG_ENTRIES_MAX: usize = 128;

/// One slow command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlowlogEntry {
    /// Number from 0; set by [`Slowlog::add`].
    pub id: u64,
    /// When it ended, Unix milliseconds.
    pub at_ms: i64,
    /// How long it took, without time spent blocked.
    pub took: Duration,
    /// The command's name, its keys, and the number of other arguments; never values.
    pub words: Vec<String>,
    /// User name of the client.
    pub user: String,
    /// Address of the client.
    pub peer: String,
    /// Name that the client set with CLIENT SETNAME.
    pub name: String,
}

/// The newest slow commands.
#[derive(Debug, Default)]
pub struct Slowlog {
    /// Held for one change or one copy, never across an await.
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    next: u64,
    newest_first: VecDeque<SlowlogEntry>,
}

impl Slowlog {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an entry and numbers it; the oldest is dropped when there are too many.
    pub fn add(&self, entry: SlowlogEntry) {
        let mut entries = self.entries();
        let id = entries.next;
        entries.next += 1;
        entries.newest_first.truncate(SLOWLOG_ENTRIES_MAX - 1);
        entries.newest_first.push_front(SlowlogEntry { id, ..entry });
    }

    /// The newest entries for which `seen` is true, at most `most`, newest first.
    pub fn newest(&self, most: usize, seen: impl Fn(&SlowlogEntry) -> bool) -> Vec<SlowlogEntry> {
        let entries = self.entries();
        entries.newest_first.iter().filter(|slow| seen(slow)).take(most).cloned().collect()
    }

    /// Removes all entries; numbering continues.
    pub fn reset(&self) {
        self.entries().newest_first.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_and_numbers_go_on() {
        let log = Slowlog::default();
        let slow = |user: &str| SlowlogEntry {
            id: 0,
            at_ms: 0,
            took: Duration::from_millis(20),
            words: Vec::new(),
            user: user.to_owned(),
            peer: String::new(),
            name: String::new(),
        };
        (0..200).for_each(|at| log.add(slow(if at % 2 == 0 { "a" } else { "b" })));

        let ids: Vec<_> = log.newest(2, |slow| slow.user == "a").iter().map(|s| s.id).collect();
        assert_eq!(ids, [198, 196]);
        assert_eq!(log.newest(usize::MAX, |_| true).len(), SLOWLOG_ENTRIES_MAX);

        log.reset();
        log.add(slow("a"));
        assert_eq!(log.newest(usize::MAX, |_| true)[0].id, 200);
    }
}
