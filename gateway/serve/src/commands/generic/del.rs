//! DEL and UNLINK.

use crate::{
    broker::BrokerError,
    commands::{
        arguments::rest,
        explanation::{Explanation, topic_deletion},
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
    entry::stream_key,
    message::{Rejection, TopicName},
    order::order_log,
    pipeline::{BrokerOp, broker_rejection},
    resp::{Args, Replies},
};

pub(super) static DEL: Spec = Spec {
    name: "DEL",
    arity: -2,
    family: Family::Generic,
    summary: "Deletes topics, where that is allowed.",
    flags: "write",
    categories: "keyspace write slow",
    keys: Keys::All,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Admin,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::With(|context, request| Box::pin(explain(context, request))),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

pub(super) static UNLINK: Spec = Spec {
    name: "UNLINK",
    arity: -2,
    family: Family::Generic,
    summary: "The same as DEL.",
    flags: "write fast",
    categories: "keyspace write fast",
    keys: Keys::All,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Admin,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::With(|context, request| Box::pin(explain(context, request))),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// Keys that do not exist are not counted and need no right, so that clients may clean up.
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let mut count = 0;
    for topic in topics_to_delete(context, &request.args).await? {
        count += i64::from(delete_topic(context, &topic).await?);
    }
    context.replies.integer(count);
    Ok(Next::Go)
}

/// The topics that a DEL names, all of which may be deleted.
async fn topics_to_delete(context: &Context, args: &Args<'_>) -> Result<Vec<TopicName>, Rejection> {
    let mut topics: Vec<TopicName> = Vec::new();
    for key in rest(args, 1) {
        let Ok(key) = stream_key(key) else { continue };
        let is_known = context.may_manage(&key.topic)? && !topics.contains(&key.topic);
        if !is_known || context.find_topic(&key.topic).await?.is_none() {
            continue;
        }
        if key.partition.is_some() {
            let words = "a partition cannot be deleted alone: delete the topic, or trim it";
            return Err(Rejection::err(words));
        }
        topics.push(key.topic);
    }
    if !topics.is_empty() {
        check_delete(context)?;
    }
    Ok(topics)
}

fn check_delete(context: &Context) -> Result<(), Rejection> {
    if context.services.settings.delete_topics && context.identity()?.grant().admin {
        return Ok(());
    }
    Err(Rejection::err(
        "a topic is deleted only by a login with admin rights, and only where \
         `topics.delete = true` is set",
    ))
}

/// Deletes a topic with what the gateway keeps for it; false if it was gone already.
async fn delete_topic(context: &Context, topic: &TopicName) -> Result<bool, Rejection> {
    let broker = context.broker()?;
    // First: a topic that is made again must not get the order of this one.
    if let Ok(order) = order_log(topic) {
        delete_one(context, &order).await?;
    }
    let deleted = delete_one(context, topic).await?;
    context.services.orders.forget(&context.identity()?.cluster, topic);
    tracing::info!(%topic, broker = broker.name(), client = context.client.id(), "topic deleted");
    Ok(deleted)
}

async fn delete_one(context: &Context, topic: &TopicName) -> Result<bool, Rejection> {
    match context.broker()?.delete_topic(topic).await {
        Ok(()) => Ok(true),
        Err(BrokerError::NoSuchTopic { .. }) => Ok(false),
        Err(error) => Err(broker_rejection(BrokerOp::Delete, error)),
    }
}

/// Says which topics would be deleted.
async fn explain(context: &mut Context, request: &Request<'_>) -> Result<Explanation, Rejection> {
    let topics = topics_to_delete(context, &request.args).await?;
    let mut reply = Replies::with_protocol(context.replies.protocol());
    reply.count(topics.len());
    let changes = topics.iter().map(|topic| topic_deletion(topic.as_str())).collect();
    let explanation = Explanation::of(request.spec().name).noting("meets no plugin");
    Ok(Explanation { changes, reply: Some(reply.as_bytes().to_vec()), ..explanation })
}
