//! EXPLAIN.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "EXPLAIN",
    arity: -2,
    family: Family::Gateway,
    summary: "Shows what a command would do, step by step, without doing it.",
    flags: "noscript",
    categories: "slow",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::OfCommand,
    secrets: Secrets::OfCommand,
    bound: Bound::OfCommand,
    monitored: Monitored::Shown,
    explain: Explain::Refused,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.explain(request).await?;
    Ok(Next::Go)
}
