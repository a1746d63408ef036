//! What COMMAND tells about each command beside its line: flags, keys and categories.

use super::{Command, Family, Spec};

/// Where a command's keys stand, as Redis counts: first, last (negative: from the end), step.
/// All 0 where there are none, or where only the arguments tell.
pub type KeyPlaces = [i32; 3];

const NO_KEYS: KeyPlaces = [0, 0, 0];
const ONE_KEY: KeyPlaces = [1, 1, 1];
const ALL_KEYS: KeyPlaces = [1, -1, 1];
/// Behind a subcommand.
const SECOND: KeyPlaces = [2, 2, 1];

/// All categories that commands here may have, in Redis' order.
pub const CATEGORIES: [&str; 13] = [
    "keyspace",
    "read",
    "write",
    "stream",
    "pubsub",
    "admin",
    "fast",
    "slow",
    "blocking",
    "dangerous",
    "connection",
    "transaction",
    "databus",
];

impl Spec {
    /// Flags in Redis' words and order. Commands with subcommands have none, as in Redis 7.
    pub fn flags(&self) -> impl Iterator<Item = &'static str> {
        flags(self.command).split_ascii_whitespace()
    }

    /// Where the keys stand.
    pub fn key_places(&self) -> KeyPlaces {
        key_places(self.command)
    }

    /// Categories without their `@`, in Redis' order, derived from flags and family as Redis does.
    pub fn categories(&self) -> impl Iterator<Item = &'static str> {
        CATEGORIES.into_iter().filter(|category| self.is_in(category))
    }

    /// Is the command of this category?
    pub fn is_in(&self, category: &str) -> bool {
        use Command as C;
        let has = |flag: &str| self.flags().any(|other| other == flag);
        match category {
            "keyspace" => {
                let is_key = self.family == Family::Generic && self.command != C::Wait;
                is_key || self.command == C::DbSize
            }
            "read" => has("readonly"),
            "write" | "pubsub" | "admin" | "fast" | "blocking" => has(category),
            "slow" => !has("fast"),
            "stream" => self.family == Family::Stream && self.flags().next().is_some(),
            "dangerous" => has("admin") || matches!(self.command, C::Info | C::Keys),
            "connection" => {
                let others = [C::Command, C::ReadOnly, C::ReadWrite, C::Wait];
                let is_own = self.family == Family::Connection && self.command != C::Client;
                is_own || others.contains(&self.command)
            }
            "transaction" => self.family == Family::Transaction,
            "databus" => self.family == Family::Databus,
            _ => false,
        }
    }
}

fn flags(command: Command) -> &'static str {
    use Command as C;
    match command {
        C::Acl
        | C::Client
        | C::Cluster
        | C::Config
        | C::Latency
        | C::Memory
        | C::Module
        | C::Object
        | C::Plugin
        | C::PubSub
        | C::Script
        | C::Slowlog
        | C::Topic
        | C::XGroup
        | C::XInfo => "",
        C::Auth | C::Hello | C::Quit | C::Reset => "noscript loading stale fast no_auth allow_busy",
        C::Command | C::Info => "loading stale",
        C::DbSize | C::Exists | C::Pttl | C::Ttl | C::Type | C::XLen => "readonly fast",
        C::Keys | C::Scan | C::XPending | C::XRange | C::XRevRange => "readonly",
        C::Del | C::XTrim => "write",
        C::Discard | C::Multi | C::Unwatch | C::Watch => "noscript loading stale fast allow_busy",
        C::Exec => "noscript loading stale skip_slowlog",
        C::Echo | C::ReadOnly | C::ReadWrite | C::Select | C::Time => "loading stale fast",
        C::Ping => "fast",
        C::Publish | C::SPublish => "pubsub loading stale fast",
        C::PSubscribe
        | C::PUnsubscribe
        | C::SSubscribe
        | C::SUnsubscribe
        | C::Subscribe
        | C::Unsubscribe => "pubsub noscript loading stale",
        C::Explain | C::Wait => "noscript",
        C::Monitor => "admin noscript loading stale",
        C::HSet | C::Set | C::XAdd | C::XSetId => "write denyoom fast",
        C::MGet => "readonly blocking",
        C::Unlink
        | C::XAck
        | C::XAckDel
        | C::XAutoClaim
        | C::XCfgSet
        | C::XClaim
        | C::XDel
        | C::XDelEx => "write fast",
        C::XRead => "readonly blocking movablekeys",
        C::XReadGroup => "write blocking movablekeys",
    }
}

fn key_places(command: Command) -> KeyPlaces {
    use Command as C;
    match command {
        C::Pttl
        | C::SPublish
        | C::Ttl
        | C::Type
        | C::XAck
        | C::XAckDel
        | C::XAdd
        | C::XAutoClaim
        | C::XCfgSet
        | C::XClaim
        | C::XDel
        | C::XDelEx
        | C::XLen
        | C::XPending
        | C::XRange
        | C::XRevRange
        | C::XSetId
        | C::XTrim => ONE_KEY,
        C::Del | C::Exists | C::SSubscribe | C::SUnsubscribe | C::Unlink | C::Watch => ALL_KEYS,
        // As Redis 6 told: later ones tell the keys of each subcommand instead.
        C::Memory | C::Object | C::XGroup | C::XInfo => SECOND,
        C::Acl
        | C::Auth
        | C::Client
        | C::Cluster
        | C::Command
        | C::Config
        | C::DbSize
        | C::Discard
        | C::Echo
        | C::Exec
        | C::Explain
        | C::Hello
        | C::Info
        | C::Keys
        | C::Latency
        | C::Module
        | C::Monitor
        | C::Multi
        | C::Ping
        | C::Plugin
        | C::PSubscribe
        | C::Publish
        | C::PubSub
        | C::PUnsubscribe
        | C::Quit
        | C::ReadOnly
        | C::ReadWrite
        | C::Reset
        | C::Scan
        | C::Script
        | C::Select
        | C::Slowlog
        | C::Subscribe
        | C::Time
        | C::Topic
        | C::Unsubscribe
        | C::Unwatch
        | C::Wait
        // Their topic is bound by the login; what they name is the key of a message.
        | C::HSet
        | C::MGet
        | C::Set
        // Behind the word STREAMS.
        | C::XRead
        | C::XReadGroup => NO_KEYS,
    }
}

#[cfg(test)]
mod tests {
    use super::super::find;

    fn categories(name: &str) -> Vec<&'static str> {
        find(name.as_bytes()).unwrap().categories().collect()
    }

    #[test]
    fn categories_are_as_redis_has_them() {
        assert_eq!(categories("xadd"), ["write", "stream", "fast"]);
        assert_eq!(categories("xreadgroup"), ["write", "stream", "slow", "blocking"]);
        assert_eq!(categories("keys"), ["keyspace", "read", "slow", "dangerous"]);
        assert_eq!(categories("exists"), ["keyspace", "read", "fast"]);
        assert_eq!(categories("wait"), ["slow", "connection"]);
        assert_eq!(categories("xinfo"), ["slow"]);
        assert_eq!(categories("subscribe"), ["pubsub", "slow"]);
    }
}
