//! PUBLISH and SPUBLISH.

use crate::{
    commands::{
        databus::member::no_publishing,
        spec::{
            Added, BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family,
            Handler, InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing,
            Request, Rights, Secrets, Spec, Subcommands, WhileSubscribed,
        },
    },
    context::{Context, Reply, channel_topic, check_value_size, publish_key},
    entry::value_entry,
    message::{Message, Record, Rejection},
    resp::Args,
};

pub(super) static PUBLISH: Spec = Spec {
    name: "PUBLISH",
    arity: 3,
    family: Family::PubSub,
    summary: "Publishes a message to a topic.",
    flags: "pubsub loading stale fast",
    categories: "pubsub fast",
    keys: Keys::None,
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
        null_means: None,
    }),
    run: Handler::Sync(run),
};

pub(super) static SPUBLISH: Spec = Spec {
    name: "SPUBLISH",
    arity: 3,
    family: Family::PubSub,
    summary: "The same as PUBLISH.",
    flags: "pubsub loading stale fast",
    categories: "pubsub fast",
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
        null_means: None,
    }),
    run: Handler::Sync(run),
};

/// A client that may publish never gets here.
fn run(context: &mut Context, _request: &Request<'_>) -> Outcome {
    Err(no_publishing(context).into())
}

/// Adds the message to the burst.
fn add_to_burst(context: &mut Context, args: &Args<'_>) -> Result<Added, Rejection> {
    let topic = channel_topic(&args[1])?;
    publish_key(context, &args[1])?;
    check_value_size(context, args[2].len())?;
    let value = value_entry(context.burst.arena(), &args[2]);
    let record = Record { value: Some(value), ..Record::default() };
    context.burst.push(Message { topic, partition: None, record, expected_offset: None });
    Ok(Added::Joined(Reply::Receivers))
}
