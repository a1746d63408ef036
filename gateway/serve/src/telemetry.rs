//! Counters, slow commands, and how logging is set up. Everything that is exported is in this one
//! room.

mod counters;
mod log_level;
mod logging;
mod occasionally;
mod pace;
mod slowlog;
mod usage;

pub use counters::{Counter, Counters};
pub use log_level::LogLevel;
pub use logging::start_logging;
pub use occasionally::Occasionally;
pub use pace::Pace;
pub use slowlog::{SLOWLOG_ENTRIES_MAX, Slow, Slowlog};
pub use usage::Usage;
