//! The one table of commands: `COMMAND` shows it, the session looks requests up in it.

mod lines;
mod traits;

pub use lines::TABLE;
pub use traits::{CATEGORIES, KeyPlaces};

/// Which commands there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `ACL subcommand …`
    Acl,
    /// `AUTH [username] password`
    Auth,
    /// `CLIENT subcommand …`
    Client,
    /// `CLUSTER subcommand …`
    Cluster,
    /// `COMMAND [subcommand …]`
    Command,
    /// `CONFIG subcommand …`
    Config,
    /// `DBSIZE`
    DbSize,
    /// `DEL key …`
    Del,
    /// `DISCARD`
    Discard,
    /// `ECHO message`
    Echo,
    /// `EXEC`
    Exec,
    /// `EXISTS key …`
    Exists,
    /// `EXPLAIN [JSON] command …`
    Explain,
    /// `HELLO [version [AUTH username password] [SETNAME name]]`
    Hello,
    /// `HSET key header value`
    HSet,
    /// `INFO [section …]`
    Info,
    /// `KEYS pattern`
    Keys,
    /// `LATENCY subcommand …`
    Latency,
    /// `MEMORY subcommand …`
    Memory,
    /// `MGET [format]`
    MGet,
    /// `MODULE subcommand …`
    Module,
    /// `MONITOR`
    Monitor,
    /// `MULTI`
    Multi,
    /// `OBJECT subcommand key`
    Object,
    /// `PING [message]`
    Ping,
    /// `PLUGIN subcommand …`
    Plugin,
    /// `PSUBSCRIBE pattern …`
    PSubscribe,
    /// `PTTL key`
    Pttl,
    /// `PUBLISH channel message`
    Publish,
    /// `PUBSUB subcommand …`
    PubSub,
    /// `PUNSUBSCRIBE [pattern …]`
    PUnsubscribe,
    /// `QUIT`
    Quit,
    /// `READONLY`
    ReadOnly,
    /// `READWRITE`
    ReadWrite,
    /// `RESET`
    Reset,
    /// `SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]`
    Scan,
    /// `SCRIPT subcommand …`
    Script,
    /// `SELECT index`
    Select,
    /// `SET key value`, or `SET partition offset`
    Set,
    /// `SLOWLOG subcommand …`
    Slowlog,
    /// `SPUBLISH channel message`
    SPublish,
    /// `SSUBSCRIBE channel …`
    SSubscribe,
    /// `SUBSCRIBE channel …`
    Subscribe,
    /// `SUNSUBSCRIBE [channel …]`
    SUnsubscribe,
    /// `TIME`
    Time,
    /// `TOPIC subcommand …`
    Topic,
    /// `TTL key`
    Ttl,
    /// `TYPE key`
    Type,
    /// `UNLINK key …`
    Unlink,
    /// `UNSUBSCRIBE [channel …]`
    Unsubscribe,
    /// `UNWATCH`
    Unwatch,
    /// `WAIT replicas timeout`
    Wait,
    /// `WATCH key …`
    Watch,
    /// `XACK key group id …`
    XAck,
    /// `XACKDEL key group [KEEPREF|DELREF|ACKED] IDS n id …`
    XAckDel,
    /// `XADD key [options] * field value …`
    XAdd,
    /// `XAUTOCLAIM key group consumer min-idle start [COUNT count] [JUSTID]`
    XAutoClaim,
    /// `XCFGSET key [IDMP-DURATION s] [IDMP-MAXSIZE n]`
    XCfgSet,
    /// `XCLAIM key group consumer min-idle id … [options]`
    XClaim,
    /// `XDEL key id …`
    XDel,
    /// `XDELEX key [KEEPREF|DELREF|ACKED] IDS n id …`
    XDelEx,
    /// `XGROUP subcommand …`
    XGroup,
    /// `XINFO subcommand …`
    XInfo,
    /// `XLEN key`
    XLen,
    /// `XPENDING key group [[IDLE ms] start end count [consumer]]`
    XPending,
    /// `XRANGE key start end [COUNT count]`
    XRange,
    /// `XREAD [COUNT count] [BLOCK ms] STREAMS key … id …`
    XRead,
    /// `XREADGROUP GROUP group consumer [COUNT count] [BLOCK ms] [NOACK] STREAMS key … id …`
    XReadGroup,
    /// `XREVRANGE key end start [COUNT count]`
    XRevRange,
    /// `XSETID key id`
    XSetId,
    /// `XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT count]`
    XTrim,
}

/// What a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The connection itself; allowed before login where `Spec::before_login` says so.
    Connection,
    /// What tools ask about the server.
    Server,
    /// Topics seen as keys.
    Generic,
    /// Topics as Redis streams.
    Stream,
    /// Topics as channels.
    PubSub,
    /// Commands that are answered together.
    Transaction,
    /// The databus dialect.
    Databus,
    /// The gateway itself.
    Gateway,
}

impl Family {
    /// The name `COMMAND DOCS` gives as group.
    pub fn group(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Server => "server",
            Self::Generic => "generic",
            Self::Stream => "stream",
            Self::PubSub => "pubsub",
            Self::Transaction => "transactions",
            Self::Databus => "databus",
            Self::Gateway => "gateway",
        }
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The command.
    pub command: Command,
    /// Its name in upper case.
    pub name: &'static str,
    /// Number of arguments with the name; negative: at least so many. As in Redis.
    pub arity: i32,
    /// What it is about.
    pub family: Family,
    /// May be sent before login.
    pub before_login: bool,
    /// One sentence for `COMMAND DOCS`.
    pub summary: &'static str,
}

impl Spec {
    /// Is the second argument the name of what is to be done?
    pub fn has_subcommands(&self) -> bool {
        use Command as C;
        let named = [C::Acl, C::Client, C::Cluster, C::Command, C::Config, C::Latency];
        let more = [C::Memory, C::Module, C::Object, C::Plugin, C::PubSub, C::Script, C::Slowlog];
        let rest = [C::Topic, C::XGroup, C::XInfo];
        named.contains(&self.command)
            || more.contains(&self.command)
            || rest.contains(&self.command)
    }

    /// Does the command take so many arguments, its name included?
    pub fn takes(&self, count: usize) -> bool {
        let wanted = usize::try_from(self.arity.unsigned_abs()).unwrap_or(usize::MAX);
        if self.arity < 0 { count >= wanted } else { count == wanted }
    }
}

/// Longest name in the table, in bytes.
const NAME_BYTES_MAX: usize = 16;

/// The names as numbers, in the table's order.
static KEYS: [u128; TABLE.len()] = {
    let mut keys = [0; TABLE.len()];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = key(TABLE[at].name.as_bytes());
        assert!(at == 0 || keys[at - 1] < keys[at], "the table is sorted by name");
        at += 1;
    }
    keys
};

/// A name as a number of the same order; letters of either case give the same.
const fn key(name: &[u8]) -> u128 {
    /// Without the bit that tells lower case from upper.
    const UPPER: u8 = !0x20;
    let mut key = 0;
    let mut at = 0;
    while at < NAME_BYTES_MAX {
        let byte = if at < name.len() { name[at] & UPPER } else { 0 };
        key = key << 8 | byte as u128;
        at += 1;
    }
    key
}

/// Looks a command up by its name in any case.
///
/// By numbers, because this is done for every request: comparing names took 60 % of a pipelined
/// PING, comparing numbers takes a tenth of that.
#[inline]
pub fn find(name: &[u8]) -> Option<&'static Spec> {
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    let spec = &TABLE[KEYS.binary_search(&key(name)).ok()?];
    // Padding and blanks are alike in the number.
    (spec.name.len() == name.len()).then_some(spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_found_in_any_case_and_nothing_else_is() {
        for spec in TABLE {
            assert!(spec.name.len() <= NAME_BYTES_MAX, "{}", spec.name);
            let found = find(spec.name.to_ascii_lowercase().as_bytes());
            assert_eq!(found.map(|spec| spec.command), Some(spec.command), "{}", spec.name);
        }
        for unknown in ["", "PIN", "PING ", "PINGG", "FLUSHALL", "ANAMETHATISFARTOOLONG"] {
            assert!(find(unknown.as_bytes()).is_none(), "{unknown}");
        }
    }
}
