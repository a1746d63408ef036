//! TIME.

use std::time::UNIX_EPOCH;

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "TIME",
    arity: 1,
    family: Family::Server,
    summary: "Tells the time.",
    flags: "loading stale fast",
    categories: "fast",
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
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

/// Unix seconds, and microseconds of the second.
fn run(context: &mut Context, _request: &Request<'_>) -> Outcome {
    let now = UNIX_EPOCH.elapsed().unwrap_or_default();
    context.replies.array(2);
    context.replies.bulk(itoa::Buffer::new().format(now.as_secs()).as_bytes());
    context.replies.bulk(itoa::Buffer::new().format(now.subsec_micros()).as_bytes());
    Ok(Next::Go)
}
