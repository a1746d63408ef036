//! Plugins that translate payloads.

use crate::{Current, Plugin, Rejection};

/// Translates payloads between what clients see and what is stored.
///
/// Tombstones are not shown to it. [`Current`] tells the topic.
pub trait Transcoder: Plugin {
    /// Called on produce, last of all: the client's value in, the stored value out.
    ///
    /// # Errors
    /// A rejection goes to the client; nothing is stored.
    fn encode(&mut self, value: Vec<u8>, message: &Current) -> Result<Vec<u8>, Rejection>;

    /// Called on consume, first of all: the stored value in, the client's value out.
    ///
    /// # Errors
    /// A rejected record is delivered as it is stored, marked with the header
    /// `sluicegate-decode-error`.
    fn decode(&mut self, value: Vec<u8>, message: &Current) -> Result<Vec<u8>, Rejection>;
}
