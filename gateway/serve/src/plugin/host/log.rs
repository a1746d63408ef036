//! `log`: lines of the plugin in the gateway's log, so many a second and no more.

use std::time::Instant;

use tracing::{debug, error, info, warn};
use wasmtime::component::HasData;

use crate::{
    plugin::{
        bindings::sluicegate::plugin::log::{Host, Level},
        call_events::CallEvents,
        call_output::CallOutput,
        limits::LOG_LINE_BYTES_MAX,
        shared::Shared,
        text::one_line,
    },
    telemetry::LogLevel,
};

/// What `log` works on.
pub(super) struct GuestLog<'a> {
    pub(super) plugin: &'a Shared,
    /// Error lines, for the error of a call that fails.
    pub(super) output: &'a mut CallOutput,
    /// For the trace, where the call is traced.
    pub(super) events: Option<&'a mut CallEvents>,
}

/// Says to the linker what `log` works on.
pub(super) struct HasLog;

impl HasData for HasLog {
    type Data<'a> = GuestLog<'a>;
}

impl Host for GuestLog<'_> {
    fn write(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        if let Some(events) = &mut self.events {
            events.log_line(log_level(level), one_line(&message, LOG_LINE_BYTES_MAX));
        }
        // Kept even where the line is not shown: the error of a call repeats why the guest ended.
        if level == Level::Error {
            self.output.keep(&message);
        }
        if self.plugin.is_fork {
            return Ok(());
        }
        if !self.plugin.log.admit(Instant::now()) {
            self.plugin.counters.add_log_line_dropped();
            return Ok(());
        }
        let plugin = &*self.plugin.name;
        let line = one_line(&message, LOG_LINE_BYTES_MAX);
        match level {
            Level::Debug => debug!(plugin, line, "plugin says"),
            Level::Info => info!(plugin, line, "plugin says"),
            Level::Warn => warn!(plugin, line, "plugin says"),
            Level::Error => error!(plugin, line, "plugin says"),
        }
        self.plugin.recent_lines.says(log_level(level), line);
        Ok(())
    }
}

fn log_level(level: Level) -> LogLevel {
    match level {
        Level::Debug => LogLevel::Debug,
        Level::Info => LogLevel::Info,
        Level::Warn => LogLevel::Warn,
        Level::Error => LogLevel::Error,
    }
}
