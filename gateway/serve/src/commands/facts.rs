//! The facts that a command's row is made of, as far as they name neither the client's state nor a
//! handler.

/// What a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// The connection itself.
    Connection,
    /// What tools ask about the server.
    Server,
    /// Topics seen as keys.
    Generic,
    /// Topics as Redis streams, and their consumer groups.
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
    pub(crate) fn group(self) -> &'static str {
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

/// All categories that commands here may have, in Redis' order.
pub(crate) const CATEGORIES: [&str; 13] = [
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

/// Where a command's keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// It has none, or its topic is bound by the login.
    None,
    /// The first argument.
    First,
    /// All arguments.
    All,
    /// Behind a subcommand. As Redis 6 said: later ones name the keys of each subcommand instead.
    Second,
    /// The first half of the arguments behind the word STREAMS.
    AfterStreams,
}

impl Keys {
    /// First, last (negative: from the end) and step, as `COMMAND` counts; all 0 where there are
    /// none, or where only the arguments tell.
    pub(crate) fn positions(self) -> [i32; 3] {
        match self {
            Self::None | Self::AfterStreams => [0, 0, 0],
            Self::First => [1, 1, 1],
            Self::All => [1, -1, 1],
            Self::Second => [2, 2, 1],
        }
    }
}

/// The subcommands of a command.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subcommands {
    /// It has none.
    None,
    /// The handler knows them.
    InHandler,
    /// These, with Redis' own words for HELP where they are Redis'.
    Table(&'static [Subcommand]),
}

/// One subcommand.
#[derive(Debug)]
pub(crate) struct Subcommand {
    /// In upper case.
    pub(crate) name: &'static str,
    /// Number of arguments with both names; negative: at least so many.
    pub(crate) arity: i32,
    /// Its lines in HELP: how it is written, and what it does.
    pub(crate) help: &'static [&'static str],
}

impl Subcommand {
    pub(crate) const fn new(name: &'static str, arity: i32, help: &'static [&'static str]) -> Self {
        Self { name, arity, help }
    }
}

/// May a command be sent before login?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BeforeLogin {
    Allowed,
    Refused,
}

/// What an open transaction makes of a command.
#[derive(Clone, Copy, Debug)]
pub(crate) enum InTransaction {
    /// It waits for EXEC.
    Queued,
    /// It is answered at once.
    RunsAtOnce,
    /// It answers with more or less than one reply, or changes who speaks and how: within EXEC's
    /// array nobody could make sense of that.
    Refused,
    /// These subcommands are refused, the others wait for EXEC.
    RefusedSubcommands(&'static [&'static str]),
}

/// What a subscriber that speaks RESP2 may do with a command: it cannot tell a message from an
/// answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhileSubscribed {
    Allowed,
    Refused,
    /// It changes the subscriptions. Its confirmations are messages: CLIENT REPLY does not hold
    /// them back.
    Subscribes,
}

/// Does a command touch what Redis calls the keyspace?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyspace {
    Touched,
    Untouched,
}

/// What a login must allow for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rights {
    /// Nothing beyond being logged in.
    Login,
    /// Publishing to the topic.
    Publish,
    /// Consuming from the topic.
    Consume,
    /// Publishing to, or consuming from, the topic that the login is bound to.
    Bound,
    /// The command shows or counts only what the login may publish to or consume from.
    Visible,
    /// An administrator's login.
    Admin,
    /// An administrator's login for these subcommands.
    AdminFor(&'static [&'static str]),
    /// Those of the command that is its argument.
    OfCommand,
}

/// Which arguments of a command are credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrets {
    None,
    /// All.
    All,
    /// The two after this option.
    AfterWord(&'static str),
    /// Those of the command that is its argument.
    OfCommand,
}

/// What bounds the work of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Nothing grows with the request or with what is stored.
    Constant,
    /// The number and size of the arguments: `listen.request_bytes_max`.
    Request,
    /// The size of one reply: `listen.output_bytes_max`, or the limit of entries of one reply.
    Reply,
    /// The number of topics: `topics.max` and the broker's own limit.
    Topics,
    /// The number of connections: `listen.connections_max`.
    Clients,
    /// The number of plugins and what they are allowed to use.
    Plugins,
    /// The pending entries and consumers of a group.
    Group,
    /// The subscriptions of a connection, or of all of them.
    Subscriptions,
    /// The commands that wait for EXEC.
    Transaction,
    /// The time that a login may take: `plugins.authenticate_deadline_ms`.
    Login,
    /// That of the command that is its argument.
    OfCommand,
}

/// What MONITOR shows of a command: Redis hides those of its `admin` flag.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Monitored {
    Shown,
    /// Behind the commands that it runs.
    ShownBehind,
    Hidden,
    /// All but these subcommands.
    HiddenSubcommands(&'static [&'static str]),
    /// Only these subcommands.
    ShownSubcommands(&'static [&'static str]),
}

impl Monitored {
    /// Is the command shown once it is done?
    pub(crate) fn is_behind(self) -> bool {
        matches!(self, Self::ShownBehind)
    }
}

/// Redis' arity: negative means at least so many.
pub(crate) fn fits(arity: i32, count: usize) -> bool {
    let wanted = usize::try_from(arity.unsigned_abs()).unwrap_or(usize::MAX);
    if arity < 0 { count >= wanted } else { count == wanted }
}

/// Longest name of a command, in bytes.
pub(super) const NAME_BYTES_MAX: usize = 16;

/// A name as a number of the same order; letters of either case give the same.
pub(super) fn name_key(name: &[u8]) -> u128 {
    /// Without the bit that tells lower case from upper.
    const UPPER: u8 = !0x20;
    let padded = name.iter().map(|byte| byte & UPPER).chain(std::iter::repeat(0));
    padded.take(NAME_BYTES_MAX).fold(0, |key, byte| key << 8 | u128::from(byte))
}
