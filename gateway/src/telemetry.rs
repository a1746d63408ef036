//! Counters, and how logging is set up. Everything that is exported is in this one room.

mod counters;
mod logging;
mod occasionally;

pub use counters::{Counter, Counters};
pub use logging::start_logging;
pub use occasionally::Occasionally;
