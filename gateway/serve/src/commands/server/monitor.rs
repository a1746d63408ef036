//! MONITOR.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "MONITOR",
    arity: 1,
    family: Family::Server,
    summary: "Shows the commands of all clients as they come.",
    flags: "admin noscript loading stale",
    categories: "admin slow dangerous",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Admin,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Hidden,
    explain: Explain::Refused,
    run: Handler::Sync(run),
};

fn run(context: &mut Context, _request: &Request<'_>) -> Outcome {
    context.monitor()?;
    Ok(Next::Go)
}
