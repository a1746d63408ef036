//! WATCH and UNWATCH.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
    message::Rejection,
};

pub(super) static WATCH: Spec = Spec {
    name: "WATCH",
    arity: -2,
    family: Family::Transaction,
    summary: "Refused: topics cannot be watched.",
    flags: "noscript loading stale fast allow_busy",
    categories: "fast transaction",
    keys: Keys::All,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::RunsAtOnce,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::Refused,
    run: Handler::Sync(run),
};

pub(super) static UNWATCH: Spec = Spec {
    name: "UNWATCH",
    arity: 1,
    family: Family::Transaction,
    summary: "Accepted: nothing is watched.",
    flags: "noscript loading stale fast allow_busy",
    categories: "fast transaction",
    keys: Keys::None,
    subcommands: Subcommands::None,
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
    explain: Explain::Refused,
    run: Handler::Sync(run_unwatch),
};

fn run(context: &mut Context, _request: &Request<'_>) -> Outcome {
    let words = if context.transaction.is_open() {
        "WATCH inside MULTI is not allowed"
    } else {
        "WATCH is not supported: a topic has no value that EXEC could compare, and other \
         clients may always publish; use MULTI and EXEC without it"
    };
    Err(Rejection::err(words).into())
}

fn run_unwatch(context: &mut Context, _request: &Request<'_>) -> Outcome {
    context.replies.ok();
    Ok(Next::Go)
}
