//! What a guest did in one traced call besides its answer.

use super::limits::HOST_CALLS_MAX;
use crate::{
    telemetry::LogLevel,
    trace::{HostCall, Line},
};

/// Most log lines that are kept of one call.
const LINES_MAX: usize = 100;

/// The log lines and the host calls of the current call, in their order.
#[derive(Debug, Default)]
pub(super) struct CallEvents {
    pub(super) lines: Vec<Line>,
    pub(super) host_calls: Vec<HostCall>,
}

impl CallEvents {
    /// Adds a log line; those beyond the limit are not kept.
    pub(super) fn log_line(&mut self, level: LogLevel, words: String) {
        if self.lines.len() < LINES_MAX {
            self.lines.push(Line { level, words });
        }
    }

    /// Adds a call to a store; those beyond the limit were denied and are not kept.
    pub(super) fn host_call(&mut self, call: HostCall) {
        if self.host_calls.len() < HOST_CALLS_MAX as usize {
            self.host_calls.push(call);
        }
    }
}
