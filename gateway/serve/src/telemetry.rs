//! Counters, rates, slow commands, and logging. Everything that is exported is in this room.

mod counters;
mod log_throttle;
mod logging;
mod process_usage;
mod rate_sampler;
mod slowlog;

pub use counters::{Counter, Counters};
pub use log_throttle::LogThrottle;
pub use logging::{LogFormat, LogLevel, LogSettings, start_logging};
pub use process_usage::ProcessUsage;
pub use rate_sampler::RateSampler;
pub use slowlog::{SLOWLOG_ENTRIES_MAX, Slowlog, SlowlogEntry};
