//! SELECT.

use crate::{
    commands::{
        arguments::integer,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
    message::Rejection,
};

pub(super) static SPEC: Spec = Spec {
    name: "SELECT",
    arity: 2,
    family: Family::Connection,
    summary: "Accepts database 0.",
    flags: "loading stale fast",
    categories: "fast connection",
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

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    match integer(&request.args[1])? {
        0 => context.replies.ok(),
        _ => return Err(Rejection::err("DB index is out of range").into()),
    }
    Ok(Next::Go)
}
