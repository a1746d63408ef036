//! SLOWLOG.

use crate::{
    commands::{
        arguments::integer,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommand,
            Subcommands, WhileSubscribed,
        },
        subcommand::{Asked, send_help, subcommand},
    },
    context::{Context, Next},
    message::Rejection,
    resp::Replies,
    telemetry::{SLOWLOG_ENTRIES_MAX, SlowlogEntry},
};

static SUBCOMMANDS: &[Subcommand] = &[
    Subcommand::new(
        "GET",
        -2,
        &[
            "GET [<count>]",
            "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
            "    Entries are made of:",
            "    id, timestamp, time in microseconds, arguments array, client IP and port,",
            "    client name",
        ],
    ),
    Subcommand::new("LEN", 2, &["LEN", "    Return the length of the slowlog."]),
    Subcommand::new("RESET", 2, &["RESET", "    Reset the slowlog."]),
];

pub(super) static SPEC: Spec = Spec {
    name: "SLOWLOG",
    arity: -2,
    family: Family::Server,
    summary: "Shows the commands that took longest.",
    flags: "",
    categories: "slow",
    keys: Keys::None,
    subcommands: Subcommands::Table(SUBCOMMANDS),
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::AdminFor(&["RESET"]),
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::ShownSubcommands(&["HELP"]),
    explain: Explain::Subcommands {
        named: &["RESET"],
        then: &Explain::Words("empties the slow log; meets no plugin"),
        otherwise: &Explain::Answer,
    },
    run: Handler::Sync(run),
};

/// Entries of GET where the client does not say how many, as in Redis.
const ENTRIES: usize = 10;

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let (spec, args) = (request.spec(), &request.args);
    // Other clients' commands and addresses are for the operator.
    let user = match context.check_admin() {
        Ok(()) => None,
        Err(_) => Some(context.identity()?.grant().principal.clone()),
    };
    let seen = |slow: &SlowlogEntry| user.as_ref().is_none_or(|user| *user == slow.user);
    match subcommand(spec, args)? {
        Asked::Help => send_help(&mut context.replies, spec),
        Asked::For("LEN") => {
            let entries = context.services.slowlog.newest(SLOWLOG_ENTRIES_MAX, seen);
            context.replies.count(entries.len());
        }
        Asked::For("RESET") => {
            context.check_admin()?;
            context.services.slowlog.reset();
            context.replies.ok();
        }
        Asked::For(_) => {
            let most = args.get(2).map_or(Ok(ENTRIES), entries_wanted)?;
            let entries = context.services.slowlog.newest(most, seen);
            context.replies.array(entries.len());
            entries.iter().for_each(|slow| send_entry(&mut context.replies, slow));
        }
    }
    Ok(Next::Go)
}

fn send_entry(replies: &mut Replies, slow: &SlowlogEntry) {
    let integer = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    replies.array(6);
    replies.integer(integer(slow.id));
    replies.integer(slow.at_ms / 1_000);
    replies.integer(i64::try_from(slow.took.as_micros()).unwrap_or(i64::MAX));
    replies.array(slow.words.len());
    slow.words.iter().for_each(|word| replies.bulk(word.as_bytes()));
    replies.bulk(slow.peer.as_bytes());
    replies.bulk(slow.name.as_bytes());
}

fn entries_wanted(argument: &[u8]) -> Result<usize, Rejection> {
    let refusal = || Rejection::err("count should be greater than or equal to -1");
    match integer(argument).map_err(|_| refusal())? {
        -1 => Ok(SLOWLOG_ENTRIES_MAX),
        wanted => usize::try_from(wanted).map_err(|_| refusal()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minus_one_asks_for_all_entries() {
        assert_eq!(entries_wanted(b"0").unwrap(), 0);
        assert_eq!(entries_wanted(b"7").unwrap(), 7);
        assert_eq!(entries_wanted(b"-1").unwrap(), SLOWLOG_ENTRIES_MAX);
        for bad in ["-2", "x", ""] {
            let refusal = entries_wanted(bad.as_bytes()).unwrap_err().to_string();
            assert!(refusal.contains("count should be greater than or equal to -1"), "{refusal}");
        }
    }
}
