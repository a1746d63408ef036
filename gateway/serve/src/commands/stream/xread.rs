//! XREAD.

use tokio::{sync::watch, time::Instant};

use super::{
    blocking::{
        Freshness, NOTIFIED_WAIT_MIN, READ_BYTES_MAX, READ_RECORDS_MAX, changed, wait_time,
    },
    entries::{StreamEntry, begin_stream, begin_streams},
    fetch::{FETCH_BYTES, FETCH_RECORDS, fetch_entries},
    read_range::last_entries,
};
use crate::{
    broker::ClusterIndex,
    commands::spec::{
        BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
        InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
        Rights, Secrets, Spec, Subcommands, WhileSubscribed,
    },
    context::{Context, Next},
    message::Rejection,
};

mod cursor; // where the reader of one stream is
mod query; //  the arguments

use cursor::Cursor;
use query::Query;

pub(super) static SPEC: Spec = Spec {
    name: "XREAD",
    arity: -4,
    family: Family::Stream,
    summary: "Gives entries behind an id, and waits for them.",
    flags: "readonly blocking movablekeys",
    categories: "read stream slow blocking",
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
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let query = Query::parse(&request.args)?;
    let wait = wait_time(query.block);
    let mut cursors = open_cursors(context, query).await?;
    let until = Instant::now() + wait.unwrap_or_default();
    let is_notified = wait.is_some_and(|wait| wait >= NOTIFIED_WAIT_MIN);
    let mut freshness = if is_notified { Freshness::Notified } else { Freshness::Latest };
    loop {
        let mut watches = watches(context, &cursors)?;
        if read_once(context, &mut cursors, freshness).await? {
            return Ok(Next::Go);
        }
        if wait.is_none() || Instant::now() >= until {
            break;
        }
        freshness = Freshness::Notified;
        context.replies.release();
        let cluster = context.identity.as_ref().map(|identity| identity.cluster.index);
        if !context.wait_for(changed(&mut watches), until).await? {
            break;
        }
        check_still_allowed(context, cluster, &cursors)?;
    }
    context.replies.null_array();
    Ok(Next::Go)
}

async fn open_cursors(context: &Context, query: Query) -> Result<Vec<Cursor>, Rejection> {
    let mut cursors = Vec::with_capacity(query.streams.len());
    for stream in query.streams {
        let mut cursor = Cursor::new(stream, query.count);
        cursor.locate(context).await?;
        cursors.push(cursor);
    }
    Ok(cursors)
}

/// Checks that the login still allows all streams: it may have changed while the client waited.
fn check_still_allowed(
    context: &Context,
    cluster: Option<ClusterIndex>,
    cursors: &[Cursor],
) -> Result<(), Rejection> {
    if Some(context.identity()?.cluster.index) != cluster {
        let words = "the login leads to another cluster now: its streams begin anew, read again";
        return Err(Rejection::err(words));
    }
    cursors.iter().try_for_each(|cursor| context.check_consume(cursor.topic()))
}

fn watches(context: &Context, cursors: &[Cursor]) -> Result<Vec<watch::Receiver<u64>>, Rejection> {
    let broker = context.broker()?;
    Ok(cursors.iter().map(|cursor| cursor.watch(broker.as_ref())).collect())
}

/// Sends the entries that are there; false if there are none.
async fn read_once(
    context: &mut Context,
    cursors: &mut [Cursor],
    freshness: Freshness,
) -> Result<bool, Rejection> {
    let mut found: Vec<(usize, Vec<StreamEntry>)> = Vec::new();
    let mut bytes = 0;
    for (at, cursor) in cursors.iter_mut().enumerate() {
        if bytes >= READ_BYTES_MAX {
            break;
        }
        if !cursor.locate(context).await? {
            continue;
        }
        let entries = read_stream(context, cursor, freshness).await?;
        bytes += entries.iter().map(|entry| entry.stored.record.payload_len()).sum::<usize>();
        if !entries.is_empty() {
            found.push((at, entries));
        }
    }
    if found.is_empty() {
        return Ok(false);
    }
    begin_streams(&mut context.replies, found.len());
    for (at, entries) in found {
        begin_stream(&mut context.replies, cursors[at].name(), entries.len());
        entries.iter().for_each(|entry| entry.send(&mut context.replies));
    }
    Ok(true)
}

/// Entries of one stream. A client that does not wait gets all that was stored before, as far as
/// it fits a reply: it may take a short reply for the end of the stream.
async fn read_stream(
    context: &Context,
    cursor: &mut Cursor,
    freshness: Freshness,
) -> Result<Vec<StreamEntry>, Rejection> {
    let mut entries = Vec::new();
    let is_all_here = read_known(context, cursor, &mut entries).await?;
    if is_all_here && (entries.is_empty() || freshness == Freshness::Latest) {
        match cursor.refresh(context, freshness).await {
            Ok(true) => drop(read_known(context, cursor, &mut entries).await?),
            Err(rejection) if entries.is_empty() => return Err(rejection),
            // The reader gets the failure at its next read.
            Ok(false) | Err(_) => {}
        }
    }
    Ok(entries)
}

/// Adds the entries of one stream that are known here: as many as the client wants, or as fit a
/// reply. The reader goes on after them. True if no more of them are known.
async fn read_known(
    context: &Context,
    cursor: &mut Cursor,
    entries: &mut Vec<StreamEntry>,
) -> Result<bool, Rejection> {
    if let Some(range) = cursor.last.take() {
        *entries = last_entries(context, cursor.topic(), range, 1).await?;
        return Ok(entries.is_empty());
    }
    let most = cursor.count.unwrap_or(READ_RECORDS_MAX).min(READ_RECORDS_MAX);
    let mut bytes = 0;
    while entries.len() < most && bytes < FETCH_BYTES {
        let Some(run) = cursor.next_run().await? else { return Ok(true) };
        let limit = (most - entries.len()).min(FETCH_RECORDS);
        let fetched = fetch_entries(context, cursor.topic(), run, limit).await?;
        let shown = fetched.shown.into_iter();
        bytes += shown.as_slice().iter().map(|s| s.record.payload_len()).sum::<usize>();
        entries.extend(shown.map(|stored| StreamEntry { partition: run.partition, stored }));
        if let Some(next) = fetched.next {
            cursor.advance(next);
        }
        match fetched.failure {
            // The entries before it are sent; the reader gets the failure at its next read.
            Some(_) if !entries.is_empty() => return Ok(false),
            Some(failure) => return Err(failure),
            None if fetched.next.is_none() => return Ok(true),
            None => {}
        }
    }
    Ok(false)
}
