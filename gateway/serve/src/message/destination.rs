//! Where a router sends messages.

use super::TopicName;

/// Where a router sends a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// A legal topic name; the topic may not exist.
    pub topic: TopicName,
    /// How long the answer is valid.
    pub scope: RouteScope,
}

/// How long a router's answer is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteScope {
    /// For this message only.
    Message,
    /// For every message to this topic, while this version of the plugin is in force.
    Topic,
}
