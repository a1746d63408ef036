//! CONFIG.

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
        -3,
        &[
            "GET <pattern>",
            "    Return parameters matching the glob-like <pattern> and their values.",
        ],
    ),
    Subcommand::new("RESETSTAT", 2, &["RESETSTAT", "    Accepted: statistics are never reset."]),
    Subcommand::new("REWRITE", 2, &[]),
    Subcommand::new("SET", -4, &[]),
];

pub(super) static SPEC: Spec = Spec {
    name: "CONFIG",
    arity: -2,
    family: Family::Server,
    summary: "Shows what tools look for in the settings.",
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
    bound: Bound::Request,
    monitored: Monitored::ShownSubcommands(&["HELP"]),
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.config(request.spec(), &request.args)?;
    Ok(Next::Go)
}
