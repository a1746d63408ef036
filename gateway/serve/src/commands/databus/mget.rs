//! MGET.

use std::time::Duration;

use tokio::{sync::watch, time::Instant};

use super::member::{binding, consumer_binding, join, not_bound, start_at};
use crate::{
    commands::{
        spec::{
            BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
            InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
            Rights, Secrets, Spec, Subcommands, WhileSubscribed,
        },
        stream::{
            blocking::changed,
            fetch::{Fetched, fetch_records},
        },
    },
    context::{Context, Next},
    databus::{MessageFormat, color_matches},
    message::{PartitionOffset, Rejection},
    order::OffsetRun,
    pipeline::read_rejection,
    resp::Args,
};

/// Payload bytes of one MGET; a batch ends after the message that passes it.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

pub(super) static SPEC: Spec = Spec {
    name: "MGET",
    arity: -1,
    family: Family::Databus,
    summary: "Gives messages of the bound topic.",
    flags: "readonly blocking",
    categories: "read slow blocking databus",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::ForEntries(|context, _| {
        Some(block(context)).filter(|wait| !wait.is_zero())
    }),
    publishing: Publishing::Never,
    rights: Rights::Bound,
    secrets: Secrets::None,
    bound: Bound::Reply,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::Yes,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// Sends the next messages of the bound topic; waits for the first of them.
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let format = message_format(&request.args);
    let until = Instant::now() + block(context);
    loop {
        let mut watches = ready(context).await?;
        let batch = next_batch(context, format).await?;
        if !batch.is_empty() {
            context.replies.array(batch.len());
            batch.iter().for_each(|message| context.replies.bulk(message));
            return Ok(Next::Go);
        }
        if Instant::now() >= until {
            break;
        }
        if !context.wait_for(changed(&mut watches), until).await? {
            break;
        }
    }
    context.replies.array(0);
    Ok(Next::Go)
}

/// The format of the reply: `pb` in lower case is protobuf, anything else JSON.
fn message_format(args: &Args<'_>) -> MessageFormat {
    if args.len() > 1 && &args[1] == b"pb" { MessageFormat::Protobuf } else { MessageFormat::Json }
}

/// How long an MGET waits: as the grant says, else as the settings say.
fn block(context: &Context) -> Duration {
    let of_grant = binding(context).ok().and_then(|binding| binding.block);
    of_grant.unwrap_or(context.services.settings.databus.block)
}

/// Joins the group, and makes the topic if it may be made. Returns what wakes a waiting MGET.
async fn ready(context: &mut Context) -> Result<Vec<watch::Receiver<u64>>, Rejection> {
    let topic = consumer_binding(context)?.topic.clone();
    let cluster = &context.identity()?.cluster;
    context.services.pipeline.ensure_topic(cluster, &topic).await.map_err(read_rejection)?;
    join(context)?;
    let mut watches = Vec::with_capacity(2);
    watches.extend(context.broker()?.watch(topic.as_str()));
    watches.extend(context.membership.as_ref().map(crate::consumer::Membership::moved));
    Ok(watches)
}

/// The messages that are there now in all partitions of this member, up to the batch size.
async fn next_batch(
    context: &mut Context,
    format: MessageFormat,
) -> Result<Vec<Vec<u8>>, Rejection> {
    let binding = binding(context)?;
    let (color, start_at) = (binding.color.clone(), start_at(context, binding.start_at));
    let most = binding.batch.unwrap_or(context.services.settings.databus.batch).max(1) as usize;
    let Some(mut membership) = context.membership.take() else { return Err(not_bound()) };
    let topic = membership.topic().clone();
    let assignment = membership.assignment(start_at).await;
    let mut batch = Vec::new();
    let mut bytes = 0;
    let mut failure = None;
    let assignment = match assignment {
        Ok(assignment) => assignment,
        Err(error) => {
            // It stays in the group: the broker may be back at the next MGET.
            context.membership = Some(membership);
            return Err(read_rejection(error));
        }
    };
    'partitions: for PartitionOffset { partition, offset: mut next } in assignment {
        while batch.len() < most && bytes < BATCH_BYTES {
            let run = OffsetRun { partition, from: next, end: None };
            let fetched = fetch_records(context, &topic, run, most - batch.len()).await;
            let Fetched { shown, next: after, failure: failed } = fetched
                .unwrap_or_else(|failure| Fetched { failure: Some(failure), ..Fetched::default() });
            for stored in &shown {
                let is_new = !membership.is_acknowledged(partition, stored.offset);
                if is_new && color_matches(&stored.record.headers, &color) {
                    let message = format.encode(&topic, partition, stored);
                    bytes += message.len();
                    batch.push(message);
                }
            }
            if let Some(after) = after {
                next = after;
                membership.delivered(partition, next);
            }
            if failed.is_some() {
                failure = failed;
                break 'partitions;
            }
            if after.is_none() {
                break;
            }
        }
    }
    context.membership = Some(membership);
    match failure {
        // The messages before it are sent; the client gets the failure at its next MGET.
        Some(failure) if batch.is_empty() => Err(failure),
        _ => Ok(batch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    #[test]
    fn only_pb_in_lower_case_asks_for_protobuf() {
        assert_eq!(with_args("MGET pb", message_format), MessageFormat::Protobuf);
        for line in ["MGET", "MGET PB", "MGET json", "MGET key pb"] {
            assert_eq!(with_args(line, message_format), MessageFormat::Json, "{line}");
        }
    }
}
