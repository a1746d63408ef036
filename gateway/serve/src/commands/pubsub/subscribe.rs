//! SUBSCRIBE and SSUBSCRIBE.

use std::{future::ready, sync::Arc};

use super::channels::{EXPLAINED, check_room};
use crate::{
    channels::SubscriptionKind,
    commands::{
        arguments::rest,
        explanation::Explanation,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next, as_subscriber, channel_topic, confirm},
    message::{Rejection, TopicName},
    pipeline::read_rejection,
    resp::Args,
};

pub(super) static SUBSCRIBE: Spec = Spec {
    name: "SUBSCRIBE",
    arity: -2,
    family: Family::PubSub,
    summary: "Listens to topics.",
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
    explain: Explain::With(|context, request| Box::pin(ready(explain(context, request)))),
    run: Handler::Async(|context, request| {
        Box::pin(run(context, request, SubscriptionKind::Channel))
    }),
};

pub(super) static SSUBSCRIBE: Spec = Spec {
    name: "SSUBSCRIBE",
    arity: -2,
    family: Family::PubSub,
    summary: "Listens to topics.",
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
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Subscriptions,
    monitored: Monitored::Shown,
    explain: Explain::With(|context, request| Box::pin(ready(explain(context, request)))),
    run: Handler::Async(|context, request| {
        Box::pin(run(context, request, SubscriptionKind::Shard))
    }),
};

async fn run(context: &mut Context, request: &Request<'_>, kind: SubscriptionKind) -> Outcome {
    let subscribed = subscribe(context, &request.args, &kind).await;
    context.note_subscriptions();
    subscribed?;
    Ok(Next::Go)
}

/// Nothing is subscribed unless all names may be; those before one that the broker fails at are,
/// and were confirmed.
async fn subscribe(
    context: &mut Context,
    args: &Args<'_>,
    kind: &SubscriptionKind,
) -> Result<(), Rejection> {
    let names = names(context, args)?;
    let cluster = context.identity()?.cluster.clone();
    let subscriber = as_subscriber(context)?;
    for name in names {
        if !context.subscriptions.names(kind).contains(&name) {
            let channels = Arc::clone(&context.services.channels);
            let listened = channels.subscribe(&subscriber, &cluster, &name, kind.clone()).await;
            listened.map_err(read_rejection)?;
            context.subscriptions.add(&cluster, kind, name.clone());
        }
        let count = context.subscriptions.count(kind);
        confirm(&mut context.replies, subscribed(kind), Some(name.as_str().as_bytes()), count);
    }
    Ok(())
}

/// The topics of a request, all of which may be listened to.
fn names(context: &Context, args: &Args<'_>) -> Result<Vec<TopicName>, Rejection> {
    let mut names = Vec::with_capacity(args.len() - 1);
    for name in rest(args, 1) {
        let name = channel_topic(name)?;
        context.check_consume(&name)?;
        names.push(name);
    }
    check_room(context, names.len())?;
    Ok(names)
}

/// The word of a confirmation.
fn subscribed(kind: &SubscriptionKind) -> &'static str {
    match kind {
        SubscriptionKind::Channel => "subscribe",
        SubscriptionKind::Shard => "ssubscribe",
        SubscriptionKind::Pattern(_) => "psubscribe",
    }
}

/// Says which plugins messages would meet from then on.
fn explain(context: &mut Context, request: &Request<'_>) -> Result<Explanation, Rejection> {
    let names = names(context, &request.args)?;
    let mut explanation = Explanation::of(request.spec().name).noting(EXPLAINED);
    explanation.notes.extend(names.iter().map(|name| plugins_met(context, name)));
    Ok(explanation)
}

fn plugins_met(context: &Context, topic: &TopicName) -> String {
    let chain = context.services.pipeline.chain();
    let calls = chain.met_on_consume(topic);
    if calls.is_empty() {
        return format!("messages of `{topic}` would meet no plugin");
    }
    let calls: Vec<_> = calls.iter().map(|(plugin, call)| format!("{plugin} {call}")).collect();
    format!("messages of `{topic}` would meet {}", calls.join(", "))
}
