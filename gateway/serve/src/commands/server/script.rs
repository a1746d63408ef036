//! SCRIPT.

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
        "EXISTS",
        -3,
        &[
            "EXISTS <sha1> [<sha1> ...]",
            "    Return information about the existence of the scripts in the script cache.",
        ],
    ),
    Subcommand::new("FLUSH", -2, &["FLUSH [ASYNC|SYNC]", "    Flush the Lua scripts cache."]),
    Subcommand::new("KILL", 2, &["KILL", "    Kill the currently executing Lua script."]),
];

pub(super) static SPEC: Spec = Spec {
    name: "SCRIPT",
    arity: -2,
    family: Family::Server,
    summary: "Refused: there are no scripts.",
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
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.script(request.spec(), &request.args)?;
    Ok(Next::Go)
}
