//! Plugins: WebAssembly components that see messages on their way.
//!
//! [`Engine`] is the process's, [`Plugin`] is one checked version of one file, [`PooledInstance`] is
//! one running copy for one burst. What a plugin is called for, in which order, and what becomes of
//! a failure is decided in the pipeline.

mod answer;
mod authenticate;
mod bindings;
mod burst;
mod cache;
mod call;
mod call_error;
mod call_events;
mod call_trace;
mod contract;
mod engine;
mod fault;
mod grant;
mod host;
mod instance;
pub mod limits;
mod link;
mod load;
mod load_error;
mod loaded;
mod plugin_log;
mod pool;
mod quarantine;
pub mod reach;
mod roles;
mod call_output;
mod settings;
mod shared;
mod stats;
mod load_report;
#[cfg(test)]
mod tests;
mod text;
mod fork;

pub use burst::{Burst, CallContext, NO_KEY, Placements};
pub use cache::CacheError;
pub use call_error::{CallError, FailureKind};
pub use call_output::CallOutput;
pub use contract::CONTRACT_VERSION;
pub use engine::{Engine, EngineError, EngineSettings};
pub use limits::{PluginLimits, RecycleMark};
pub use load::{Inspection, short_hash};
pub use load_error::{LoadError, LoadFault};
pub use load_report::{Code, Description, Import, LoadReport, Need};
pub use loaded::Plugin;
pub use plugin_log::{LogLine, PluginLog, PluginLogs};
pub use pool::PooledInstance;
pub use settings::{OnFailure, PluginSettings};
pub use stats::PluginStats;
