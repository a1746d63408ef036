//! UNSUBSCRIBE and SUNSUBSCRIBE.

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
    context::{Context, Next, confirm, unsubscribed},
    message::TopicName,
    resp::Args,
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
    run: Handler::Async(|context, request| {
        Box::pin(run(context, request, SubscriptionKind::Channel))
    }),
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
    run: Handler::Async(|context, request| {
        Box::pin(run(context, request, SubscriptionKind::Shard))
    }),
};

async fn run(context: &mut Context, request: &Request<'_>, kind: SubscriptionKind) -> Outcome {
    let names = names(context, &request.args, &kind);
    let mut left = Vec::with_capacity(names.len());
    for name in &names {
        if let Ok(topic) = TopicName::new(name) {
            context.subscriptions.unsubscribe(&kind, &topic);
        }
        left.push(context.subscriptions.count(&kind));
    }
    // What was stored before comes before the confirmation.
    context.write_messages().await?;
    for (name, left) in names.iter().zip(left) {
        confirm(&mut context.replies, unsubscribed(&kind), Some(name), left);
    }
    if names.is_empty() {
        let left = context.subscriptions.count(&kind);
        confirm(&mut context.replies, unsubscribed(&kind), None, left);
    }
    context.note_subscriptions();
    Ok(Next::Go)
}

/// The channels of a request; without arguments all that the client listens to.
fn names(context: &Context, args: &Args<'_>, kind: &SubscriptionKind) -> Vec<Vec<u8>> {
    if args.len() > 1 {
        return rest(args, 1).map(<[u8]>::to_vec).collect();
    }
    context.subscriptions.names(kind).iter().map(|name| name.as_str().into()).collect()
}
