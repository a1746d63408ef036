//! COMMAND.

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
        "COUNT",
        2,
        &["COUNT", "    Return the total number of commands in this Redis server."],
    ),
    Subcommand::new(
        "LIST",
        -2,
        &["LIST", "    Return a list of all commands in this Redis server."],
    ),
    Subcommand::new(
        "INFO",
        -2,
        &[
            "INFO [<command-name> ...]",
            "    Return details about multiple Redis commands.",
            "    If no command names are given, documentation details for all",
            "    commands are returned.",
        ],
    ),
    Subcommand::new(
        "DOCS",
        -2,
        &[
            "DOCS [<command-name> ...]",
            "    Return documentation details about multiple Redis commands.",
            "    If no command names are given, documentation details for all",
            "    commands are returned.",
        ],
    ),
    Subcommand::new(
        "GETKEYS",
        -3,
        &["GETKEYS <full-command>", "    Return the keys from a full Redis command."],
    ),
];

pub(super) static SPEC: Spec = Spec {
    name: "COMMAND",
    arity: -1,
    family: Family::Server,
    summary: "Describes the commands.",
    flags: "loading stale",
    categories: "slow connection",
    keys: Keys::None,
    subcommands: Subcommands::Table(SUBCOMMANDS),
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.command(request)?;
    Ok(Next::Go)
}
