//! What EXPLAIN makes of each command.

use crate::{
    command::{Command, Spec},
    resp::Args,
};

/// How a command is explained.
pub(crate) enum Kind {
    /// It is played on a stage.
    Played,
    /// It changes nothing: it is asked.
    Asked,
    /// It deletes topics.
    Deletes,
    /// It asks authenticators.
    LogsIn,
    /// It begins to listen.
    Listens,
    /// It is told in words.
    Told {
        /// Only for logins with admin rights.
        needs_admin: bool,
        /// What it does.
        words: &'static str,
    },
    /// There is nothing to explain.
    Not,
}

const fn told(words: &'static str) -> Kind {
    Kind::Told { needs_admin: false, words }
}

/// How this request is explained.
pub(crate) fn of(spec: &Spec, args: &Args<'_>) -> Kind {
    use Command as C;
    let has = |words: &[&str]| {
        let word = args.get(1).unwrap_or_default();
        words.iter().any(|other| word.eq_ignore_ascii_case(other.as_bytes()))
    };
    match spec.command {
        C::Explain
        | C::Multi
        | C::Exec
        | C::Discard
        | C::Watch
        | C::Unwatch
        | C::Monitor
        | C::Quit
        | C::Reset => Kind::Not,
        command if is_played(command) => Kind::Played,
        C::Topic if has(&["CREATE"]) => Kind::Played,
        C::Del | C::Unlink => Kind::Deletes,
        C::Auth => Kind::LogsIn,
        C::Subscribe | C::SSubscribe | C::PSubscribe => Kind::Listens,
        C::Unsubscribe | C::SUnsubscribe | C::PUnsubscribe => {
            told("changes what this connection listens to; meets no plugin")
        }
        C::Hello => told(
            "changes the protocol, the name and the login of this connection: EXPLAIN AUTH shows \
             what the authenticators say",
        ),
        C::Client if !has(&["ID", "GETNAME", "INFO", "LIST", "HELP"]) => {
            told("changes this connection, or another one; meets no plugin")
        }
        C::Slowlog if has(&["RESET"]) => told("empties the slow log; meets no plugin"),
        C::Plugin if has(&["RELOAD"]) => Kind::Told {
            needs_admin: true,
            words: "looks at the plugin folder again: new and changed files would be put in force",
        },
        _ => Kind::Asked,
    }
}

/// Commands about messages, entries and groups.
fn is_played(command: Command) -> bool {
    use Command as C;
    let publishes = matches!(command, C::XAdd | C::Publish | C::SPublish | C::Set | C::HSet);
    let reads = matches!(
        command,
        C::XRead | C::XReadGroup | C::XRange | C::XRevRange | C::MGet | C::XClaim | C::XAutoClaim
    );
    let changes = matches!(command, C::XAck | C::XGroup | C::XTrim);
    // What a log refuses, and why, is said by the commands themselves.
    let refused = matches!(command, C::XCfgSet | C::XDel | C::XDelEx | C::XAckDel | C::XSetId);
    publishes || reads || changes || refused
}
