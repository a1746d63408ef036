//! Plugins that choose topics.

use crate::{Current, Plugin, Rejection};

pub use crate::bindings::router::{Destination, Scope};

/// Chooses the topic a message is stored in.
pub trait Router: Plugin {
    /// Called with the topic the client named, after the filters. Answer the same topic to leave
    /// the message where it is.
    ///
    /// # Errors
    /// A rejection goes to the client; nothing is stored.
    fn route(&mut self, topic: &str, message: &Current) -> Result<Destination, Rejection>;
}

impl Destination {
    /// This message goes to `topic`; the next one is asked about again.
    pub fn for_message(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), scope: Scope::Message }
    }

    /// Every message to the topic that was asked about goes to `topic`: the gateway remembers it
    /// while this version of the plugin with these settings is in force.
    pub fn for_topic(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), scope: Scope::Topic }
    }
}
