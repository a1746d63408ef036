//! MEMORY.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommand, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

static SUBCOMMANDS: &[Subcommand] = &[
    Subcommand::new("DOCTOR", 2, &["DOCTOR", "    Return memory problems reports."]),
    Subcommand::new(
        "MALLOC-STATS",
        2,
        &["MALLOC-STATS", "    Return internal statistics report from the memory allocator."],
    ),
    Subcommand::new(
        "PURGE",
        2,
        &["PURGE", "    Attempt to purge dirty pages for reclamation by the allocator."],
    ),
    Subcommand::new(
        "STATS",
        2,
        &["STATS", "    Return information about the memory usage of the server."],
    ),
    Subcommand::new(
        "USAGE",
        -3,
        &[
            "USAGE <key> [SAMPLES <count>]",
            "    Return memory in bytes used by <key> and its value. Nested values are",
            "    sampled up to <count> times (default: 5, 0 means sample all).",
        ],
    ),
];

pub(super) static SPEC: Spec = Spec {
    name: "MEMORY",
    arity: -2,
    family: Family::Server,
    summary: "Estimates what a topic takes.",
    flags: "",
    categories: "slow",
    keys: Keys::Second,
    subcommands: Subcommands::Table(SUBCOMMANDS),
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Visible,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.memory(request.spec(), &request.args).await?;
    Ok(Next::Go)
}
