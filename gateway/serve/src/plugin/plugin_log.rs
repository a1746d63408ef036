//! The last lines about each plugin, as `PLUGIN LOG` shows them: what it said, and what became of
//! its loads and calls.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::{
    limits::{LOG_LINE_BYTES_MAX, LOG_LINES_A_SECOND, LOGBOOK_BYTES_MAX, LOGBOOK_LINES_MAX},
    text::one_line,
};
use crate::telemetry::LogLevel;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Counts from 1 for each plugin.
    pub number: u64,
    /// When it was written, Unix milliseconds.
    pub at_ms: i64,
    /// How much it matters.
    pub level: LogLevel,
    /// One line; the gateway's own begin with `gateway: `.
    pub text: String,
}

/// The last lines about one plugin, whatever version of it is in force.
#[derive(Debug, Default)]
pub struct PluginLog {
    /// Held for one line or one copy.
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    lines: VecDeque<LogLine>,
    bytes: usize,
    last: u64,
}

impl PluginLog {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a line of the plugin's; the oldest go when there are too many.
    pub(super) fn says(&self, level: LogLevel, text: String) {
        let at_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let at_ms = i64::try_from(at_ms).unwrap_or(i64::MAX);
        let mut pages = self.pages();
        pages.last += 1;
        pages.bytes += text.len();
        let number = pages.last;
        pages.lines.push_back(LogLine { number, at_ms, level, text });
        while pages.lines.len() > LOGBOOK_LINES_MAX || pages.bytes > LOGBOOK_BYTES_MAX {
            let Some(oldest) = pages.lines.pop_front() else { return };
            pages.bytes -= oldest.text.len();
        }
    }

    /// Adds a line of the gateway's own about the plugin.
    pub fn note(&self, level: LogLevel, text: &str) {
        self.says(level, one_line(&format!("gateway: {text}"), LOG_LINE_BYTES_MAX));
    }

    /// The lines after this number, oldest first. Numbers begin anew with the gateway, so those
    /// of an earlier one, which this one has not reached, get all lines.
    pub fn after(&self, number: u64) -> Vec<LogLine> {
        let pages = self.pages();
        let is_ours = number <= pages.last;
        pages.lines.iter().filter(|line| !is_ours || line.number > number).cloned().collect()
    }
}

/// The logs of all plugins, by name. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct PluginLogs(Arc<Mutex<BTreeMap<String, Arc<PluginLog>>>>);

impl PluginLogs {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Arc<PluginLog>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log of a plugin; begun if there is none.
    pub fn open(&self, plugin: &str) -> Arc<PluginLog> {
        Arc::clone(self.all().entry(plugin.to_owned()).or_default())
    }

    /// The log of a plugin that was loaded, or that was refused.
    pub fn find(&self, plugin: &str) -> Option<Arc<PluginLog>> {
        self.all().get(plugin).map(Arc::clone)
    }

    /// Throws away the logs of all others, so that names do not pile up.
    pub(crate) fn keep(&self, is_wanted: impl Fn(&str) -> bool) {
        self.all().retain(|plugin, _| is_wanted(plugin));
    }
}

/// Lets [`LOG_LINES_A_SECOND`] lines of a plugin through in each second.
#[derive(Debug, Default)]
pub(super) struct LogGate(Mutex<Option<Window>>);

#[derive(Debug)]
struct Window {
    began: Instant,
    lines: u32,
}

impl LogGate {
    /// True while the second has lines left.
    pub(super) fn admit(&self, now: Instant) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Window { began: now, lines: 0 };
        let window = window.get_or_insert(fresh);
        if now.duration_since(window.began) >= Duration::from_secs(1) {
            *window = Window { began: now, lines: 0 };
        }
        window.lines = window.lines.saturating_add(1);
        window.lines <= LOG_LINES_A_SECOND
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_numbers_go_on() {
        let log = PluginLog::default();
        (1..=250).for_each(|n| log.says(LogLevel::Info, format!("line {n}")));

        let numbers = |after| log.after(after).iter().map(|line| line.number).collect::<Vec<_>>();
        assert_eq!(numbers(0).len(), LOGBOOK_LINES_MAX);
        assert_eq!(numbers(248), [249, 250]);
        assert!(numbers(250).is_empty());
        assert_eq!(numbers(251).len(), LOGBOOK_LINES_MAX, "a number of an earlier gateway");
    }

    #[test]
    fn long_lines_leave_room_for_fewer() {
        let log = PluginLog::default();
        (0..50).for_each(|_| log.note(LogLevel::Error, &"x".repeat(10_000)));

        let lines = log.after(0);
        assert_eq!(lines.len(), LOGBOOK_BYTES_MAX / LOG_LINE_BYTES_MAX);
        assert_eq!(lines.last().map(|line| line.number), Some(50));
    }

    #[test]
    fn a_book_is_one_for_all_versions_and_goes_with_its_plugin() {
        let logs = PluginLogs::default();
        logs.open("a").note(LogLevel::Info, "x");
        assert_eq!(logs.open("a").after(0)[0].text, "gateway: x");
        assert!(logs.find("b").is_none());
        logs.keep(|name| name != "a");
        assert!(logs.find("a").is_none());
    }

    #[test]
    fn a_second_has_a_hundred_lines() {
        let (gate, now) = (LogGate::default(), Instant::now());
        let let_through = (0..1000).filter(|_| gate.admit(now)).count();
        assert_eq!(let_through, 100);
        assert!(gate.admit(now + Duration::from_secs(1)));
    }
}
