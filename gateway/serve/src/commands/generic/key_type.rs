//! TYPE.

use crate::{
    commands::{
        keyspace::find_key,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "TYPE",
    arity: 2,
    family: Family::Generic,
    summary: "Says that a topic is a stream.",
    flags: "readonly fast",
    categories: "keyspace read fast",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Visible,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let exists = find_key(context, &request.args[1]).await?.is_some();
    context.replies.simple(if exists { "stream" } else { "none" });
    Ok(Next::Go)
}
