//! Entries of a map, for commands that still are methods.

use super::Context;

impl Context {
    /// A name and its value, both as texts.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        crate::commands::fields::text(&mut self.replies, name, value);
    }

    pub(crate) fn number(&mut self, name: &str, value: u64) {
        crate::commands::fields::number(&mut self.replies, name, value);
    }
}
