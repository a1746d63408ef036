//! EXEC.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "EXEC",
    arity: 1,
    family: Family::Transaction,
    summary: "Runs the queued commands and answers them together.",
    flags: "noscript loading stale skip_slowlog",
    categories: "slow transaction",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::RunsAtOnce,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Transaction,
    monitored: Monitored::ShownBehind,
    explain: Explain::Refused,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.exec(request).await?;
    Ok(Next::Go)
}
