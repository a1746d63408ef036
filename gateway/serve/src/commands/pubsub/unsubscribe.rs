//! UNSUBSCRIBE and SUNSUBSCRIBE.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static UNSUBSCRIBE: Spec = Spec {
    name: "UNSUBSCRIBE",
    arity: -1,
    family: Family::PubSub,
    summary: "Stops listening to topics.",
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
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Subscriptions,
    monitored: Monitored::Shown,
    explain: Explain::Words("changes what this connection listens to; meets no plugin"),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

pub(super) static SUNSUBSCRIBE: Spec = Spec {
    name: "SUNSUBSCRIBE",
    arity: -1,
    family: Family::PubSub,
    summary: "Stops listening to topics.",
    flags: "pubsub noscript loading stale",
    categories: "pubsub slow",
    keys: Keys::All,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Refused,
    while_subscribed: WhileSubscribed::Subscribes,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Subscriptions,
    monitored: Monitored::Shown,
    explain: Explain::Words("changes what this connection listens to; meets no plugin"),
    run: Handler::Async(|context, request| Box::pin(run_sunsubscribe(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.unsubscribe(&request.args).await?;
    Ok(Next::Go)
}

async fn run_sunsubscribe(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.sunsubscribe(&request.args).await?;
    Ok(Next::Go)
}
