//! Counters of the plugin, shown by `PLUGIN INFO`.

use crate::host;

/// Adds `by` to the counter `name`: 1 to 64 characters of a to z, 0 to 9 and `_`.
///
/// At most 64 names for each plugin; others are ignored.
pub fn count(name: &str, by: u64) {
    host::metrics::count(name, by);
}
