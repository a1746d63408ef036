//! `log`: lines of the plugin in the gateway's log, so many a second and no more.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tracing::{debug, error, info, warn};

use super::HostState;
use crate::{
    plugin::{
        bindings::sluicegate::plugin::log::{Host, Level},
        limits::{LOG_LINE_BYTES_MAX, LOG_LINES_A_SECOND},
        text::one_line,
    },
    telemetry::LogLevel,
};

impl Host for HostState {
    fn write(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        if let Some(heard) = &mut self.heard {
            heard.line(in_the_book(level), one_line(&message, LOG_LINE_BYTES_MAX));
        }
        // Kept even where the line is not shown: a guest that says why it ends must be heard.
        if level == Level::Error {
            self.said.keep(&message);
        }
        if self.shared.is_twin {
            return Ok(());
        }
        if !self.shared.log.admit(Instant::now()) {
            self.shared.counters.add_log_line_dropped();
            return Ok(());
        }
        let plugin = &*self.shared.name;
        let line = one_line(&message, LOG_LINE_BYTES_MAX);
        match level {
            Level::Debug => debug!(plugin, line, "plugin says"),
            Level::Info => info!(plugin, line, "plugin says"),
            Level::Warn => warn!(plugin, line, "plugin says"),
            Level::Error => error!(plugin, line, "plugin says"),
        }
        self.shared.book.says(in_the_book(level), line);
        Ok(())
    }
}

fn in_the_book(level: Level) -> LogLevel {
    match level {
        Level::Debug => LogLevel::Debug,
        Level::Info => LogLevel::Info,
        Level::Warn => LogLevel::Warn,
        Level::Error => LogLevel::Error,
    }
}

/// Lets [`LOG_LINES_A_SECOND`] lines of a plugin through in each second.
#[derive(Debug, Default)]
pub(in crate::plugin) struct LogGate(Mutex<Option<Window>>);

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
    fn a_second_has_a_hundred_lines() {
        let (gate, now) = (LogGate::default(), Instant::now());
        let let_through = (0..1000).filter(|_| gate.admit(now)).count();
        assert_eq!(let_through, 100);
        assert!(gate.admit(now + Duration::from_secs(1)));
    }
}
