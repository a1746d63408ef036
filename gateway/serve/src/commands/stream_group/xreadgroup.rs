//! XREADGROUP.

use tokio::{sync::watch, time::Instant};

use super::{
    group::{exists, find_topic, note_consumer, use_group},
    position::send_id,
};
use crate::{
    commands::{
        group_name::GroupName,
        spec::{
            BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
            InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
            Rights, Secrets, Spec, Subcommands, WhileSubscribed,
        },
        stream::{
            blocking::{Freshness, NOTIFIED_WAIT_MIN, READ_BYTES_MAX, changed, wait_time},
            entries::{begin_stream, begin_streams, send_entry},
        },
    },
    context::{Context, Next},
    message::Rejection,
    pipeline::read_rejection,
    resp::Args,
};

mod deliver; // which entries a consumer gets
mod query; //   the arguments

use deliver::{Entries, missing, new_entries, own_entries};
use query::{Query, ReadFrom};

pub(super) static SPEC: Spec = Spec {
    name: "XREADGROUP",
    arity: -7,
    family: Family::Stream,
    summary: "Gives entries to a consumer of a group.",
    flags: "write blocking movablekeys",
    categories: "write stream slow blocking",
    keys: Keys::AfterStreams,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::ForEntries(|_, args| Query::parse(args).ok()?.block),
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Reply,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: groups_named,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

fn groups_named(args: &Args<'_>) -> Vec<GroupName> {
    let query = Query::parse(args);
    query
        .map(|query| query.streams.into_iter().map(|stream| stream.name).collect())
        .unwrap_or_default()
}

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let query = Query::parse(&request.args)?;
    let wait = wait_time(query.block);
    let until = Instant::now() + wait.unwrap_or_default();
    loop {
        let mut watches = join_groups(context, &query).await?;
        let mut found = read_once(context, &query, Freshness::Notified).await?;
        if !found && wait.is_none_or(|wait| wait < NOTIFIED_WAIT_MIN) {
            // A reader that does not wait is not notified of entries stored a moment ago.
            found = read_once(context, &query, Freshness::Latest).await?;
        }
        if found {
            return Ok(Next::Go);
        }
        if wait.is_none() || Instant::now() >= until {
            break;
        }
        if !context.wait_for(changed(&mut watches), until).await? {
            break;
        }
    }
    context.replies.null_array();
    Ok(Next::Go)
}

/// Joins the groups, which must exist. Returns what wakes a waiting reader.
async fn join_groups(
    context: &mut Context,
    query: &Query,
) -> Result<Vec<watch::Receiver<u64>>, Rejection> {
    let mut watches = Vec::with_capacity(3 * query.streams.len());
    for stream in &query.streams {
        let name = &stream.name;
        let topic = find_topic(context, &name.topic).await?.ok_or_else(|| missing(name))?;
        if !exists(context, &topic, name).await? {
            return Err(missing(name));
        }
        let group = use_group(context, name)?;
        watches.extend(context.broker()?.watch(name.topic.as_str()));
        watches.extend(group.watches());
        if query.block.is_none() && stream.from == ReadFrom::New {
            group.assigned(context.commit_deadline()).await;
        }
        group.refresh().await.map_err(read_rejection)?;
        note_consumer(&group, &query.consumer, context.now_ms())?;
    }
    Ok(watches)
}

/// Sends the entries that are there; false if there are none.
async fn read_once(
    context: &mut Context,
    query: &Query,
    freshness: Freshness,
) -> Result<bool, Rejection> {
    let mut found: Vec<(&[u8], Entries)> = Vec::new();
    let mut bytes = 0;
    for stream in &query.streams {
        if bytes >= READ_BYTES_MAX {
            break;
        }
        let entries = match stream.from {
            ReadFrom::New => new_entries(context, &stream.name, query, freshness).await,
            ReadFrom::Own(id) => own_entries(context, &stream.name, query, id).await.map(Some),
        };
        match entries {
            Ok(Some(entries)) => {
                bytes += entries
                    .iter()
                    .filter_map(|(_, stored)| stored.as_ref())
                    .fold(0, |bytes, stored| bytes + stored.record.payload_len());
                found.push((&stream.key, entries));
            }
            Ok(None) => {}
            Err(rejection) if found.is_empty() => return Err(rejection),
            // What was delivered is sent; the reader gets the failure at its next read.
            Err(_) => break,
        }
    }
    if found.is_empty() {
        return Ok(false);
    }
    send_streams(context, found);
    Ok(true)
}

fn send_streams(context: &mut Context, found: Vec<(&[u8], Entries)>) {
    let replies = &mut context.replies;
    begin_streams(replies, found.len());
    for (key, entries) in found {
        begin_stream(replies, key, entries.len());
        for (position, stored) in entries {
            if let Some(stored) = stored {
                send_entry(replies, position.partition, &stored);
                continue;
            }
            replies.array(2);
            send_id(replies, position);
            replies.null_array();
        }
    }
}
