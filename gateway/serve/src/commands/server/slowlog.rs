//! SLOWLOG.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommand, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
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

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.slowlog(request.spec(), &request.args)?;
    Ok(Next::Go)
}
