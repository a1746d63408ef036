//! What the gateway knows about a command: a [`Spec`]. A row without one of them does not compile.

use std::time::Duration;

use futures_util::future::BoxFuture;

pub(crate) use super::dry_run::{CopiesMembership, DryRun, MeetsPlugins};
use super::explanation::Explanation;
pub(crate) use super::facts::{
    BeforeLogin, Bound, CATEGORIES, Family, InTransaction, Keys, Keyspace, Monitored, Rights,
    Secrets, Subcommand, Subcommands, WhileSubscribed, fits,
};

use super::facts::{NAME_BYTES_MAX, name_key};
use crate::{
    context::{CommandError, Context, Next, Reply},
    message::Rejection,
    resp::{Args, is_word},
};

/// The result of a command: whether the connection stays open, or why there is no reply.
pub(crate) type Outcome = Result<Next, CommandError>;

/// A handler that may wait for the broker, a plugin or a store.
pub(crate) type AsyncHandler =
    for<'a> fn(&'a mut Context, &'a Request<'a>) -> BoxFuture<'a, Outcome>;

/// Adds the message of a request to the client's burst.
pub(crate) type AddToBurst = fn(&mut Context, &Args<'_>) -> Result<Added, Rejection>;

/// Explains a request by a function of the command.
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

/// The result of adding a publishing command to the burst.
#[derive(Debug)]
pub(crate) enum Added {
    /// Its message joined the burst, which will answer it like this.
    Joined(Reply),
    /// It does not publish after all: its handler answers it.
    NotPublishing,
}

/// How EXPLAIN treats a command.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Explain {
    /// By running it against forks of plugins, groups and broker.
    DryRun(DryRun),
    /// By its reply: it changes nothing.
    Answer,
    /// By a function of the command.
    With(ExplainWith),
    /// By this sentence.
    Words(&'static str),
    /// By this sentence, for logins with admin rights only.
    AdminWords(&'static str),
    /// Some subcommands in one way, the others in another.
    Subcommands {
        named: &'static [&'static str],
        then: &'static Explain,
        otherwise: &'static Explain,
    },
    /// Not at all: it only concerns the connection.
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

/// All commands, found by name.
#[derive(Debug)]
pub(crate) struct Registry {
    /// The names as numbers, in ascending order.
    keys: Vec<u128>,
    /// In the order of the keys.
    specs: Vec<&'static Spec>,
}

impl Registry {
    /// Joins the lists of all families.
    ///
    /// # Panics
    /// If a name is given twice, is too long, or there are more than 255 commands.
    pub(crate) fn new(families: &[&'static [&'static Spec]]) -> Self {
        let mut specs: Vec<_> = families.iter().flat_map(|family| family.iter().copied()).collect();
        specs.sort_by_key(|spec| name_key(spec.name.as_bytes()));
        let keys: Vec<_> = specs.iter().map(|spec| name_key(spec.name.as_bytes())).collect();
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
        let at = self.keys.binary_search(&name_key(name)).ok()?;
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
