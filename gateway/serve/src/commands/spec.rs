//! What the gateway knows about one command: a [`Spec`]. A command that leaves a field out does
//! not compile.

use std::time::Duration;

use futures_util::future::BoxFuture;

use super::explanation::Explanation;
use crate::{
    command::{GroupName, group_name},
    context::{CommandError, Context, Next, Reply},
    message::Rejection,
    resp::{Args, is_word},
};

/// What became of a command: whether the connection goes on, or why there is no reply.
pub(crate) type Outcome = Result<Next, CommandError>;

/// A handler that may wait for the broker, a plugin or a store.
pub(crate) type AsyncHandler =
    for<'a> fn(&'a mut Context, &'a Request<'a>) -> BoxFuture<'a, Outcome>;

/// Adds the message of a request to the client's burst.
pub(crate) type AddToBurst = fn(&mut Context, &Args<'_>) -> Result<Added, Rejection>;

/// Explains a request in a way of the command's own.
pub(crate) type ExplainWith =
    for<'a> fn(&'a mut Context, &'a Request<'a>) -> BoxFuture<'a, Result<Explanation, Rejection>>;

/// One command: all that the gateway knows about it.
#[derive(Debug)]
pub(crate) struct Spec {
    /// Name in upper case, at most 16 bytes.
    pub(crate) name: &'static str,
    /// Number of arguments including the name; negative: at least so many. As in Redis.
    pub(crate) arity: i32,
    /// The group that `COMMAND DOCS` names.
    pub(crate) family: Family,
    /// One sentence for `COMMAND DOCS`.
    pub(crate) summary: &'static str,
    /// Redis' flags, in Redis' order; none for commands with subcommands, as in Redis 7.
    pub(crate) flags: &'static str,
    /// ACL categories without their `@`, in the order of [`CATEGORIES`].
    pub(crate) categories: &'static str,
    /// Where the keys are.
    pub(crate) keys: Keys,
    /// Its subcommands.
    pub(crate) subcommands: Subcommands,
    /// May it be sent before login?
    pub(crate) before_login: BeforeLogin,
    /// What MULTI makes of it.
    pub(crate) in_transaction: InTransaction,
    /// What a subscriber that speaks RESP2 may do with it.
    pub(crate) while_subscribed: WhileSubscribed,
    /// Does it read or change topics? A client that runs MONITOR may not.
    pub(crate) keyspace: Keyspace,
    /// Does it wait for entries?
    pub(crate) blocking: Blocking,
    /// Does it publish?
    pub(crate) publishing: Publishing,
    /// What the login must allow. The handler asks for it.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests compare it with the handlers"))]
    pub(crate) rights: Rights,
    /// Which arguments MONITOR must not show.
    pub(crate) secrets: Secrets,
    /// What bounds the work of one call.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests compare it with the handlers"))]
    pub(crate) bound: Bound,
    /// What MONITOR shows of it.
    pub(crate) monitored: Monitored,
    /// How EXPLAIN treats it.
    pub(crate) explain: Explain,
    /// Answers it.
    pub(crate) run: Handler,
}

/// How a command is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Handler {
    /// Without waiting. On an error nothing was done, so that the read loop may try it first and
    /// take the long way on an error.
    AtOnce(fn(&mut Context, &Request<'_>) -> Outcome),
    /// Without waiting.
    Sync(fn(&mut Context, &Request<'_>) -> Outcome),
    /// May wait.
    Async(AsyncHandler),
}

/// A request, and the command that it names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    /// The name and the arguments behind it.
    pub(crate) args: Args<'a>,
    pub(crate) command: Command,
    /// All commands.
    pub(crate) registry: &'static Registry,
}

impl Request<'_> {
    pub(crate) fn spec(&self) -> &'static Spec {
        self.command.spec
    }
}

/// A command in the registry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Command {
    pub(crate) spec: &'static Spec,
    /// Its number among all commands, by name.
    pub(crate) number: u8,
}

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

/// Does a command wait for entries?
#[derive(Clone, Copy, Debug)]
pub(crate) enum Blocking {
    Never,
    /// As long as its arguments, or the settings, say.
    ForEntries(LongestWait),
}

/// The longest wait of a request: zero for ever, `None` if it does not wait.
pub(crate) type LongestWait = fn(&Context, &Args<'_>) -> Option<Duration>;

/// Does a command publish?
#[derive(Clone, Copy, Debug)]
pub(crate) enum Publishing {
    Never,
    /// Its message joins the burst.
    Always(AddToBurst),
    /// The same, if the login is bound to a topic that it may publish to.
    IfBound(AddToBurst),
}

/// What became of a publishing command.
#[derive(Debug)]
pub(crate) enum Added {
    /// Its message joined the burst, which will answer it so.
    Joined(Reply),
    /// It does not publish after all: its handler answers it.
    NotPublishing,
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
    /// The two behind the word AUTH.
    AfterAuth,
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

/// How EXPLAIN treats a command.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Explain {
    /// It runs against forks of plugins, groups and broker.
    DryRun(DryRun),
    /// It changes nothing: it is answered as it is.
    Answer,
    /// In a way of its own.
    With(ExplainWith),
    /// In words.
    Words(&'static str),
    /// In words, for logins with admin rights only.
    AdminWords(&'static str),
    /// These subcommands so, the others otherwise.
    Subcommands {
        named: &'static [&'static str],
        then: &'static Explain,
        otherwise: &'static Explain,
    },
    /// It is about the connection alone.
    Refused,
}

impl Explain {
    /// How it treats a request whose second word is this.
    pub(crate) fn of(&self, word: Option<&[u8]>) -> &Self {
        match self {
            Self::Subcommands { named, then, otherwise } => {
                let word = word.unwrap_or_default();
                let is_named = named.iter().any(|name| is_word(word, name));
                if is_named { then } else { otherwise }
            }
            Self::DryRun(_)
            | Self::Answer
            | Self::With(_)
            | Self::Words(_)
            | Self::AdminWords(_)
            | Self::Refused => self,
        }
    }
}

/// What a dry run of a command has to look after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DryRun {
    /// Do messages or records meet plugins on its way?
    pub(crate) plugins: MeetsPlugins,
    /// The groups that a request names.
    pub(crate) groups: GroupsNamed,
    /// Does the client's membership of a databus group take part?
    pub(crate) membership: CopiesMembership,
    /// What a null reply says that no trace explains.
    pub(crate) null_means: Option<&'static str>,
}

/// The groups that a request names; none if its arguments are wrong, which it says itself.
pub(crate) type GroupsNamed = fn(&Args<'_>) -> Vec<GroupName>;

impl DryRun {
    /// For commands that name no groups.
    pub(crate) fn no_groups(_: &Args<'_>) -> Vec<GroupName> {
        Vec::new()
    }

    /// The group whose key and name begin at `at`.
    pub(crate) fn group_at(args: &Args<'_>, at: usize) -> Vec<GroupName> {
        let name = args.get(at).zip(args.get(at + 1));
        name.and_then(|(key, group)| group_name(key, group).ok()).into_iter().collect()
    }
}

/// Does the client's membership of a databus group take part in a dry run?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CopiesMembership {
    Yes,
    No,
}

/// Do messages or records meet plugins?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MeetsPlugins {
    Yes,
    No,
}

impl Spec {
    /// May it be sent before login?
    pub(crate) fn is_before_login(&self) -> bool {
        self.before_login == BeforeLogin::Allowed
    }

    /// Is the second argument the name of a subcommand?
    pub(crate) fn has_subcommands(&self) -> bool {
        !matches!(self.subcommands, Subcommands::None)
    }

    /// Does the command take so many arguments, its name included?
    pub(crate) fn takes(&self, count: usize) -> bool {
        fits(self.arity, count)
    }

    /// Flags in Redis' words and order.
    pub(crate) fn flags(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.flags.split_ascii_whitespace()
    }

    /// Categories without their `@`.
    pub(crate) fn categories(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.categories.split_ascii_whitespace()
    }

    /// Is the command of this category?
    pub(crate) fn is_in(&self, category: &str) -> bool {
        self.categories().any(|other| other == category)
    }
}

/// Redis' arity: negative means at least so many.
pub(crate) fn fits(arity: i32, count: usize) -> bool {
    let wanted = usize::try_from(arity.unsigned_abs()).unwrap_or(usize::MAX);
    if arity < 0 { count >= wanted } else { count == wanted }
}

/// All commands, found by name.
#[derive(Debug)]
pub(crate) struct Registry {
    /// The names as numbers, in ascending order.
    keys: Vec<u128>,
    /// In the order of the keys.
    specs: Vec<&'static Spec>,
}

/// Longest name of a command, in bytes.
const NAME_BYTES_MAX: usize = 16;

impl Registry {
    /// Joins the lists of all families.
    ///
    /// # Panics
    /// If a name is given twice, is too long, or there are more than 255 commands.
    pub(crate) fn new(families: &[&'static [&'static Spec]]) -> Self {
        let mut specs: Vec<_> = families.iter().flat_map(|family| family.iter().copied()).collect();
        specs.sort_by_key(|spec| key(spec.name.as_bytes()));
        let keys: Vec<_> = specs.iter().map(|spec| key(spec.name.as_bytes())).collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "every command has a name of its own");
        assert!(specs.iter().all(|spec| spec.name.len() <= NAME_BYTES_MAX), "names are short");
        assert!(u8::try_from(specs.len()).is_ok(), "a command's number fits a byte");
        Self { keys, specs }
    }

    /// Looks a command up by its name in any case.
    ///
    /// By numbers, because this is done for every request: comparing names took 60 % of a
    /// pipelined PING, comparing numbers takes a tenth of that.
    #[inline]
    pub(crate) fn find(&self, name: &[u8]) -> Option<Command> {
        if name.len() > NAME_BYTES_MAX {
            return None;
        }
        let at = self.keys.binary_search(&key(name)).ok()?;
        let spec = self.specs[at];
        let number = u8::try_from(at).ok()?;
        // Padding and blanks are alike in the number.
        (spec.name.len() == name.len()).then_some(Command { spec, number })
    }

    /// All commands, by name.
    pub(crate) fn all(&self) -> &[&'static Spec] {
        &self.specs
    }

    /// The command with this number.
    pub(crate) fn numbered(&self, number: u8) -> Option<&'static Spec> {
        self.specs.get(usize::from(number)).copied()
    }
}

/// A name as a number of the same order; letters of either case give the same.
fn key(name: &[u8]) -> u128 {
    /// Without the bit that tells lower case from upper.
    const UPPER: u8 = !0x20;
    let padded = name.iter().map(|byte| byte & UPPER).chain(std::iter::repeat(0));
    padded.take(NAME_BYTES_MAX).fold(0, |key, byte| key << 8 | u128::from(byte))
}
