//! PSUBSCRIBE.

use std::future::ready;

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "PSUBSCRIBE",
    arity: -2,
    family: Family::PubSub,
    summary: "Listens to the topics that fit patterns.",
    flags: "pubsub noscript loading stale",
    categories: "pubsub slow",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Refused,
    while_subscribed: WhileSubscribed::Subscribes,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Subscriptions,
    monitored: Monitored::Shown,
    explain: Explain::With(|context, request| Box::pin(ready(context.explain_psubscribe(request)))),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.psubscribe(&request.args).await?;
    Ok(Next::Go)
}
