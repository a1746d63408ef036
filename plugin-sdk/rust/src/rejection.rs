//! Refusals.

pub use crate::bindings::imports::types::Rejection;

impl Rejection {
    /// Refuses one message: the client gets `-REJECTED <plugin> <code>: <message>`.
    ///
    /// `code` is a short word of a to z, 0 to 9 and `-` that programs may match on. `message` is
    /// for the person who reads the client's log; it must not hold secrets.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}
