//! Plugins run on the developer's machine, without WebAssembly and without a gateway.
//!
//! Make an instance with [`configure`], hand it a [`Call`] (or a [`BurstCall`] for partitioners)
//! and look at what came of it. [`redis`] and [`sql`] say what stores answer. [`logged`] and [`counted`] tell what the plugin said meanwhile.
//! Everything is kept for each thread, so tests do not meet each other.

mod burst;
mod call;
pub(crate) mod double;
pub(crate) mod stores;

use serde_json::Value;

use crate::{Plugin, log::Level, plugin};

pub use burst::BurstCall;
pub use call::{Call, Outcome};
pub use stores::{redis, sql};

/// Makes an instance as the gateway does, from JSON: `configure::<P>(json!({ "a": 1 }))`.
///
/// # Errors
/// What the operator would read.
#[expect(clippy::needless_pass_by_value, reason = "tests pass `json!` right in")]
pub fn configure<P: Plugin>(settings: Value) -> Result<P, String> {
    plugin::from_json(&settings.to_string())
}

/// The lines logged on this thread since the last time this was asked.
pub fn logged() -> Vec<(Level, String)> {
    double::take_log()
}

/// What was added to a counter on this thread so far.
pub fn counted(name: &str) -> u64 {
    double::counter(name)
}
