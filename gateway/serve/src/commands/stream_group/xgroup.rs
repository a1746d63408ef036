//! XGROUP.

use super::group::{check_exists_in, find_topic, note_consumer, open_group, use_group};
use crate::{
    broker::TopicInfo,
    commands::{
        group_name::GroupName,
        spec::{
            BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
            InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
            Rights, Secrets, Spec, Subcommands, WhileSubscribed,
        },
    },
    context::{Context, Next},
    message::Rejection,
    pipeline::{BrokerOp, broker_rejection},
};

mod change; //  making, moving and deleting a group
mod offsets; // where a group starts, and storing that
mod query; //   the arguments

use query::{Change, Query};

pub(super) static SPEC: Spec = Spec {
    name: "XGROUP",
    arity: -2,
    family: Family::Stream,
    summary: "Makes and changes consumer groups.",
    flags: "",
    categories: "slow",
    keys: Keys::Second,
    subcommands: Subcommands::InHandler,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Group,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::No,
        groups: |args| DryRun::group_at(args, 2),
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

const HELP: [&str; 17] = [
    "XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "CREATE <key> <groupname> <id|$> [option]",
    "    Create a new consumer group. Options are:",
    "    * MKSTREAM",
    "      Create the empty stream if it does not exist.",
    "    * ENTRIESREAD entries_read",
    "      Set the group's entries_read counter (internal use).",
    "CREATECONSUMER <key> <groupname> <consumer>",
    "    Create a new consumer in the specified group.",
    "DELCONSUMER <key> <groupname> <consumer>",
    "    Remove the specified consumer.",
    "DESTROY <key> <groupname>",
    "    Remove the specified group.",
    "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
    "    Set the current group ID and entries_read counter.",
    "HELP",
    "    Prints this help.",
];

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let Query::Change(name, change) = Query::parse(&request.args)? else {
        context.replies.lines(&HELP);
        return Ok(Next::Go);
    };
    let topic = topic_to_change(context, &name, &change).await?;
    match change {
        Change::Create { start, .. } => change::create(context, &topic, &name, start).await?,
        Change::SetId(start) => change::set_id(context, &topic, &name, start).await?,
        Change::Destroy => change::destroy(context, &topic, &name).await?,
        Change::CreateConsumer(consumer) => {
            create_consumer(context, &topic, &name, &consumer).await?;
        }
        Change::DeleteConsumer(consumer) => {
            delete_consumer(context, &topic, &name, &consumer).await?;
        }
    }
    Ok(Next::Go)
}

async fn topic_to_change(
    context: &Context,
    name: &GroupName,
    change: &Change,
) -> Result<TopicInfo, Rejection> {
    if let Some(topic) = find_topic(context, &name.topic).await? {
        return Ok(topic);
    }
    if !matches!(change, Change::Create { makes_topic: true, .. }) {
        return Err(Rejection::err(
            "The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.",
        ));
    }
    let cluster = &context.identity()?.cluster;
    let made = context.services.pipeline.ensure_topic(cluster, &name.topic).await;
    made.map_err(|error| broker_rejection(BrokerOp::Create, error))
}

async fn create_consumer(
    context: &mut Context,
    topic: &TopicInfo,
    name: &GroupName,
    consumer: &[u8],
) -> Result<(), Rejection> {
    check_exists_in(context, topic, name).await?;
    let group = use_group(context, name)?;
    let is_new = note_consumer(&group, consumer, context.now_ms())?;
    context.replies.integer(i64::from(is_new));
    Ok(())
}

async fn delete_consumer(
    context: &mut Context,
    topic: &TopicInfo,
    name: &GroupName,
    consumer: &[u8],
) -> Result<(), Rejection> {
    check_exists_in(context, topic, name).await?;
    let open = open_group(context, name)?;
    context.replies.count(open.map_or(0, |group| group.remove(consumer)));
    Ok(())
}
