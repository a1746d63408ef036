//! WAIT.

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
    name: "WAIT",
    arity: 3,
    family: Family::Generic,
    summary: "Answers 0: what was acknowledged is stored.",
    flags: "noscript",
    categories: "slow connection",
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

/// There are no replicas to wait for: what was answered with OK is stored already.
fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    integer(&request.args[1])?;
    let timeout = integer(&request.args[2]);
    let timeout =
        timeout.map_err(|_| Rejection::err("timeout is not an integer or out of range"))?;
    if timeout < 0 {
        return Err(Rejection::err("timeout is negative").into());
    }
    context.replies.integer(0);
    Ok(Next::Go)
}
