//! XADD.

use crate::{
    commands::spec::{
        Added, BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
        InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
        Rights, Secrets, Spec, Subcommands, WhileSubscribed,
    },
    context::{
        Context, Next, PublishKey, Reply, check_value_size, partitions_of, publish_key,
        reply_with_id,
    },
    entry::StreamKey,
    message::{Message, Rejection, TopicName},
    resp::Args,
};

mod once; //    a message with its identity: stored once
mod options; // the arguments

use options::{Add, has_identity};

pub(super) static SPEC: Spec = Spec {
    name: "XADD",
    arity: -5,
    family: Family::Stream,
    summary: "Publishes an entry to a topic.",
    flags: "write denyoom fast",
    categories: "write stream fast",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Always(add_to_burst),
    rights: Rights::Publish,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: Some("there is no such topic, and NOMKSTREAM makes none"),
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// A message with its identity is looked up before it is stored; others never get here.
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    once::publish_once(context, &request.args).await?;
    Ok(Next::Go)
}

/// Adds the entry to the burst, unless it has to be looked up before it is stored.
fn add_to_burst(context: &mut Context, args: &Args<'_>) -> Result<Added, Rejection> {
    if has_identity(args) {
        return Ok(Added::NotPublishing);
    }
    add(context, args).map(Added::Joined)
}

fn add(context: &mut Context, args: &Args<'_>) -> Result<Reply, Rejection> {
    let PublishKey { key, settings } = publish_key(context, &args[1])?;
    let add = Add::parse(args, &settings, context.burst.arena())?;
    if add.only_existing && context.broker()?.topic(key.topic.as_str()).is_none() {
        return Ok(Reply::Null);
    }
    check_value_size(context, add.record.payload_len())?;
    let expected_offset = add.expected_offset;
    if expected_offset.is_some() {
        check_explicit_id(context, &key.topic)?;
    }
    let reply = reply_with_id(context, &key, add.trim)?;
    let StreamKey { topic, partition } = key;
    context.burst.push(Message { topic, partition, record: add.record, expected_offset });
    Ok(reply)
}

/// An id that the client gives has to be the next one, which only our own log can check.
fn check_explicit_id(context: &Context, topic: &TopicName) -> Result<(), Rejection> {
    if !context.broker()?.expects_offsets() {
        return Err(Rejection::err(
            "explicit ids are not possible on Kafka, which gives offsets itself: write *",
        ));
    }
    if partitions_of(context, topic)? == 1 {
        return Ok(());
    }
    let words = format!(
        "explicit ids are not possible on `{topic}`, which has several partitions: write *"
    );
    Err(Rejection::err(words))
}
