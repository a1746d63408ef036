//! Lines in the gateway's log, marked with the plugin's name.
//!
//! At most 4 KiB a line and 100 lines a second for each plugin. Never write payloads or secrets.

use crate::host;

pub use crate::bindings::imports::log::Level;

/// Writes one line at `level`.
pub fn write(level: Level, message: &str) {
    host::log::write(level, message);
}

/// A line for the author.
pub fn debug(message: &str) {
    write(Level::Debug, message);
}

/// A rare line, part of the day's story.
pub fn info(message: &str) {
    write(Level::Info, message);
}

/// Degraded, still working.
pub fn warn(message: &str) {
    write(Level::Warn, message);
}

/// Someone must act.
pub fn error(message: &str) {
    write(Level::Error, message);
}
