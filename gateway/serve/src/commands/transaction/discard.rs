//! DISCARD.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next, without_multi},
};

pub(super) static SPEC: Spec = Spec {
    name: "DISCARD",
    arity: 1,
    family: Family::Transaction,
    summary: "Forgets the queued commands.",
    flags: "noscript loading stale fast allow_busy",
    categories: "fast transaction",
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
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::Refused,
    run: Handler::Sync(run),
};

fn run(context: &mut Context, _request: &Request<'_>) -> Outcome {
    if !context.transaction.discard() {
        return Err(without_multi(SPEC.name).into());
    }
    context.client.entry().note_queued(None);
    context.replies.ok();
    Ok(Next::Go)
}
