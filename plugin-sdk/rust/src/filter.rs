//! Plugins that look at every message.

use crate::{Message, Plugin};

pub use crate::bindings::filter::Verdict;

/// Looks at every message of its topics and lets it pass, changes, drops or rejects it.
///
/// Both directions let everything pass unless you write them. A panic fails that one message:
/// nothing is stored, and the instance is dropped.
pub trait Filter: Plugin {
    /// Called for each message a client publishes, before it is stored.
    fn on_produce(&mut self, message: &mut Message) -> Verdict {
        let _ = message;
        Verdict::Forward
    }

    /// Called for each record a client is about to get. Dropped and rejected ones are not shown
    /// to it.
    fn on_consume(&mut self, message: &mut Message) -> Verdict {
        let _ = message;
        Verdict::Forward
    }
}

impl Verdict {
    /// A rejection with a code for programs and a message for people.
    pub fn reject(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Reject(crate::Rejection::new(code, message))
    }
}
