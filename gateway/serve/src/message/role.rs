//! The five kinds of work a plugin does.

use std::fmt;

/// What kind of work a plugin does.
///
/// The same five words stand in the WIT contract, the configuration, the logs and the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Says who a client is and what it may do; called at AUTH and HELLO.
    Authenticator,
    /// Lets a message pass, changes, drops or rejects it; called on produce and on consume.
    Filter,
    /// Chooses the topic a message is stored in; called on produce, after the filters.
    Router,
    /// Chooses the partition; called on produce with all keys of a burst, after the router.
    Partitioner,
    /// Translates payloads between what clients see and what is stored.
    Transcoder,
}

impl Role {
    /// All roles, in the order in which a produced message meets them.
    pub const ALL: [Self; 5] =
        [Self::Authenticator, Self::Filter, Self::Router, Self::Partitioner, Self::Transcoder];

    /// The role of this name, if it is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The role's one name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Authenticator => "authenticator",
            Self::Filter => "filter",
            Self::Router => "router",
            Self::Partitioner => "partitioner",
            Self::Transcoder => "transcoder",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
