//! Who a client is, and what it may do.

use std::time::Duration;

use super::{Rejection, TopicName, TopicPattern};

/// User name of clients that give none; databus clients send a DSN as its password. Source: Redis ACL.
pub const DEFAULT_USER: &str = "default";

/// What a client sent with AUTH or HELLO.
#[derive(Clone)]
pub struct Credentials {
    /// User name; `default` where the client gave none.
    pub username: String,
    /// Password or databus DSN. Never logged.
    pub secret: String,
    /// Address of the client, `ip:port`, or `unix`.
    pub peer: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("peer", &self.peer).finish_non_exhaustive()
    }
}

/// What an authenticator allows one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Name of the client, for logs and CLIENT LIST.
    pub principal: String,
    /// Consumer group its databus commands use.
    pub group: String,
    /// Topics it may publish to.
    pub publish: Vec<TopicPattern>,
    /// Topics it may consume from.
    pub consume: Vec<TopicPattern>,
    /// May it use `TOPIC`, `PLUGIN` and other commands about the gateway itself?
    pub admin: bool,
    /// Broker cluster its traffic goes to; `None` is the configured default.
    pub cluster: Option<String>,
    /// Topic and habits that `SET`, `HSET` and `MGET` use.
    pub binding: Option<Binding>,
    /// How long the grant holds; `None` until the connection ends.
    pub holds_for: Option<Duration>,
}

impl Grant {
    /// The grant of a client where no authenticator is configured: everything.
    pub fn open() -> Self {
        Self {
            principal: "default".into(),
            group: "default".into(),
            publish: vec![TopicPattern::new("*")],
            consume: vec![TopicPattern::new("*")],
            admin: true,
            cluster: None,
            binding: None,
            holds_for: None,
        }
    }

    /// May the client publish to `topic`?
    pub fn may_publish(&self, topic: &str) -> bool {
        self.publish.iter().any(|pattern| pattern.matches(topic))
    }

    /// May the client publish to `topic`, or consume from it?
    pub fn may_use(&self, topic: &str) -> bool {
        self.may_consume(topic) || self.may_publish(topic)
    }

    /// May the client consume from `topic`?
    pub fn may_consume(&self, topic: &str) -> bool {
        self.consume.iter().any(|pattern| pattern.matches(topic))
    }
}

/// The topic a databus session is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The one topic.
    pub topic: TopicName,
    /// `SET key value` and `HSET` publish.
    pub publishes: bool,
    /// `MGET` and `SET partition offset` consume.
    pub consumes: bool,
    /// Environment colour; empty when there is none.
    pub color: String,
    /// Where a group without a committed offset starts.
    pub start_at: StartAt,
    /// Longest wait of an MGET; `None` is the configured default (30 s).
    pub block: Option<Duration>,
    /// Most messages of an MGET; `None` is the configured default (100).
    pub batch: Option<u32>,
}

/// Where a group without a committed offset starts to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum StartAt {
    /// As the configuration says.
    #[default]
    Configured,
    /// The first record that is left.
    Oldest,
    /// The end: only records stored from now on.
    Newest,
    /// This offset, moved into the range that exists.
    Offset(u64),
    /// The first record at or after this time, Unix milliseconds.
    Timestamp(i64),
}

/// Why an authenticator did not give a grant.
#[derive(Debug)]
pub enum Denial {
    /// These credentials are not of my kind: ask the next authenticator.
    NotMine,
    /// They are mine, and the answer is no.
    Refused(Rejection),
    /// The store behind the authenticator cannot be asked now.
    Unavailable(String),
}
