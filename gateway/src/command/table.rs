//! The one table of commands: `COMMAND` shows it, the session looks requests up in it.

/// Which commands there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
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
    /// `ECHO message`
    Echo,
    /// `EXISTS key …`
    Exists,
    /// `HELLO [version [AUTH username password] [SETNAME name]]`
    Hello,
    /// `HSET key header value`
    HSet,
    /// `INFO [section …]`
    Info,
    /// `LATENCY subcommand …`
    Latency,
    /// `MGET [format]`
    MGet,
    /// `MODULE subcommand …`
    Module,
    /// `PING [message]`
    Ping,
    /// `PLUGIN subcommand …`
    Plugin,
    /// `QUIT`
    Quit,
    /// `READONLY`
    ReadOnly,
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
    /// `TOPIC subcommand …`
    Topic,
    /// `TYPE key`
    Type,
    /// `WAIT replicas timeout`
    Wait,
    /// `XADD key [options] * field value …`
    XAdd,
    /// `XLEN key`
    XLen,
    /// `XRANGE key start end [COUNT count]`
    XRange,
    /// `XREAD [COUNT count] [BLOCK ms] STREAMS key … id …`
    XRead,
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
    /// Does the command take so many arguments, its name included?
    pub fn takes(&self, count: usize) -> bool {
        let wanted = usize::try_from(self.arity.unsigned_abs()).unwrap_or(usize::MAX);
        if self.arity < 0 { count >= wanted } else { count == wanted }
    }
}

const fn line(
    command: Command,
    name: &'static str,
    arity: i32,
    family: Family,
    summary: &'static str,
) -> Spec {
    let before_login =
        matches!(command, Command::Auth | Command::Hello | Command::Quit | Command::Reset);
    Spec { command, name, arity, family, before_login, summary }
}

/// All commands, sorted by name.
pub static TABLE: &[Spec] = {
    use Command as C;
    use Family as F;
    &[
        line(C::Auth, "AUTH", -2, F::Connection, "Logs in."),
        line(C::Client, "CLIENT", -2, F::Connection, "Names, lists and tunes connections."),
        line(C::Cluster, "CLUSTER", -2, F::Server, "Refused: the gateway is not a Redis Cluster."),
        line(C::Command, "COMMAND", -1, F::Server, "Describes the commands."),
        line(C::Config, "CONFIG", -2, F::Server, "Shows what tools look for in the settings."),
        line(C::DbSize, "DBSIZE", 1, F::Server, "Counts the topics."),
        line(C::Echo, "ECHO", 2, F::Connection, "Answers its argument."),
        line(C::Exists, "EXISTS", -2, F::Generic, "Counts which of the topics exist."),
        line(C::Hello, "HELLO", -1, F::Connection, "Chooses the protocol and logs in."),
        line(C::HSet, "HSET", -1, F::Databus, "Publishes to the bound topic with metadata."),
        line(C::Info, "INFO", -1, F::Server, "Shows the state of the gateway."),
        line(C::Latency, "LATENCY", -2, F::Server, "Shows latency events."),
        line(C::MGet, "MGET", -1, F::Databus, "Gives messages of the bound topic."),
        line(C::Module, "MODULE", -2, F::Server, "Lists modules: there are none."),
        line(C::Ping, "PING", -1, F::Connection, "Answers PONG or its argument."),
        line(C::Plugin, "PLUGIN", -2, F::Gateway, "Lists, describes and reloads plugins."),
        line(C::Quit, "QUIT", -1, F::Connection, "Closes the connection."),
        line(C::ReadOnly, "READONLY", 1, F::Server, "Refused: the gateway is not a Redis Cluster."),
        line(C::Reset, "RESET", 1, F::Connection, "Puts the connection back to its beginning."),
        line(C::Scan, "SCAN", -2, F::Generic, "Lists the topics."),
        line(C::Script, "SCRIPT", -2, F::Server, "Refused: there are no scripts."),
        line(C::Select, "SELECT", 2, F::Connection, "Accepts database 0."),
        line(C::Set, "SET", -1, F::Databus, "Publishes to the bound topic, or commits an offset."),
        line(C::Topic, "TOPIC", -2, F::Gateway, "Creates and lists topics."),
        line(C::Type, "TYPE", 2, F::Generic, "Says that a topic is a stream."),
        line(C::Wait, "WAIT", 3, F::Generic, "Answers 0: what was acknowledged is stored."),
        line(C::XAdd, "XADD", -5, F::Stream, "Publishes an entry to a topic."),
        line(C::XLen, "XLEN", 2, F::Stream, "Counts the entries of a topic."),
        line(C::XRange, "XRANGE", -4, F::Stream, "Gives entries of a topic by id."),
        line(C::XRead, "XREAD", -4, F::Stream, "Gives entries behind an id, and waits for them."),
    ]
};

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
