//! PUNSUBSCRIBE.

use std::sync::Arc;

use crate::{
    channels::SubscriptionKind,
    commands::{
        arguments::rest,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next, confirm},
    resp::Args,
};

pub(super) static SPEC: Spec = Spec {
    name: "PUNSUBSCRIBE",
    arity: -1,
    family: Family::PubSub,
    summary: "Stops listening to patterns.",
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

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let patterns = patterns(context, &request.args);
    let mut left = Vec::with_capacity(patterns.len());
    for pattern in &patterns {
        context.subscriptions.unsubscribe_pattern(pattern);
        left.push(context.subscriptions.count(&SubscriptionKind::Channel));
    }
    // What was stored before comes before the confirmation.
    context.write_messages().await?;
    for (pattern, left) in patterns.iter().zip(left) {
        confirm(&mut context.replies, "punsubscribe", Some(pattern), left);
    }
    if patterns.is_empty() {
        let left = context.subscriptions.count(&SubscriptionKind::Channel);
        confirm(&mut context.replies, "punsubscribe", None, left);
    }
    context.note_subscriptions();
    Ok(Next::Go)
}

/// The patterns of a request; without arguments all that the client listens to.
fn patterns(context: &Context, args: &Args<'_>) -> Vec<Arc<[u8]>> {
    match args.len() {
        1 => context.subscriptions.patterns().iter().cloned().collect(),
        _ => rest(args, 1).map(Arc::from).collect(),
    }
}
