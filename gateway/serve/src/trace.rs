//! What the chain did with one message, or with one login: plain data for people and tests.
//!
//! One value, made where plugins are called and shown in many places: `EXPLAIN`, snapshots of
//! conversations, `plugin call`. Recording is off unless asked for. A trace never holds what a store
//! answered, nor a login's secret: only their shapes.

mod change;
mod duration;
mod grant;
pub mod json;
mod model;
mod payload;
mod recorder;
mod step;
pub mod text;
mod value;

pub use duration::{time, time_of_nanoseconds};
pub use model::{Because, End, Show, Stored, Subject, Trace, Tracing};
pub use recorder::Recorder;
pub use step::{Change, HostCall, Line, Outcome, PluginId, Step};

#[cfg(test)]
mod tests;
