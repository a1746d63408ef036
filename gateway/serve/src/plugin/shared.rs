//! What all instances of a plugin have in common.

use std::sync::Arc;

use super::{
    plugin_log::{LogGate, PluginLog},
    reach::{Reach, StoreUse},
    stats::Counters,
};

/// What all instances of a plugin have in common.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) name: Arc<str>,
    pub(super) counters: Counters,
    pub(super) log: LogGate,
    pub(super) recent_lines: Arc<PluginLog>,
    /// What it was granted outside the process.
    pub(super) reach: Arc<Reach>,
    /// What becomes of its questions there.
    pub(super) store_use: StoreUse,
    /// A fork's lines are for the trace, not for the gateway's log.
    pub(super) is_fork: bool,
}
