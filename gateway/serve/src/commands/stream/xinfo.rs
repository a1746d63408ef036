//! XINFO.

use super::{
    entries::StreamEntry,
    range::IdRange,
    read_range::{first_entries, last_entries},
    topic::{self, Stream},
};
use crate::{
    broker::OffsetRange,
    commands::{
        arguments::integer,
        fields::number,
        rejections::{unknown_subcommand, wrong_arity},
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
    entry::{EntryId, IdText, stream_key},
    message::Rejection,
    order::StreamRange,
    pipeline::read_rejection,
    resp::{Args, is_word},
};

mod groups; // groups and consumers

pub(super) static SPEC: Spec = Spec {
    name: "XINFO",
    arity: -2,
    family: Family::Stream,
    summary: "Describes a topic, its groups and their consumers.",
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
    explain: Explain::Answer,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// Entries that FULL shows where the client does not say how many.
const FULL_ENTRIES: usize = 10;
/// Most entries that FULL shows.
const FULL_ENTRIES_MAX: usize = 10_000;

/// Redis' answer to wrong arguments of XINFO STREAM.
const WRONG_ARGUMENTS: &str =
    "unknown subcommand or wrong number of arguments for 'STREAM'. Try XINFO HELP.";

/// A stream, and the ends of its partitions.
struct Overview {
    stream: Stream,
    partitions: Vec<(u32, OffsetRange)>,
}

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let args = &request.args;
    match args[1].to_ascii_uppercase().as_slice() {
        b"STREAM" => describe_stream(context, args).await?,
        b"GROUPS" if args.len() != 3 => return Err(wrong_arity("xinfo|groups").into()),
        b"GROUPS" => groups::describe_groups(context, args).await?,
        b"CONSUMERS" if args.len() != 4 => return Err(wrong_arity("xinfo|consumers").into()),
        b"CONSUMERS" => groups::describe_consumers(context, args).await?,
        b"HELP" => send_help(context),
        _ => return Err(unknown_subcommand("XINFO", &args[1]).into()),
    }
    Ok(Next::Go)
}

fn send_help(context: &mut Context) {
    let lines = [
        "XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CONSUMERS <key> <groupname>",
        "    Show consumers of <groupname>.",
        "GROUPS <key>",
        "    Show the stream consumer groups.",
        "STREAM <key> [FULL [COUNT <count>]",
        "    Show information about the stream.",
        "HELP",
        "    Prints this help.",
    ];
    context.replies.array(lines.len());
    lines.iter().for_each(|line| context.replies.simple(line));
}

async fn describe_stream(context: &mut Context, args: &Args<'_>) -> Result<(), Rejection> {
    let Some(key) = args.get(2) else {
        return Err(wrong_arity("xinfo|stream"));
    };
    let full = full_entries(args)?;
    let key = stream_key(key)?;
    let Some(stream) = topic::find(context, &key).await? else {
        return Err(Rejection::err("no such key"));
    };
    let overview = Overview::new(context, stream).await?;
    match full {
        None => send_summary(context, &overview).await,
        Some(count) => send_full(context, &overview, count).await,
    }
}

/// Entries that FULL shows; `None` without FULL.
fn full_entries(args: &Args<'_>) -> Result<Option<usize>, Rejection> {
    match (args.get(3), args.get(4), args.get(5)) {
        (None, ..) => Ok(None),
        (Some(full), None, _) if is_word(full, "FULL") => Ok(Some(FULL_ENTRIES)),
        (Some(full), Some(count), Some(number))
            if is_word(full, "FULL") && is_word(count, "COUNT") && args.len() == 6 =>
        {
            let count = usize::try_from(integer(number)?).unwrap_or(FULL_ENTRIES);
            Ok(Some(if count == 0 { FULL_ENTRIES_MAX } else { count.min(FULL_ENTRIES_MAX) }))
        }
        _ => Err(Rejection::err(WRONG_ARGUMENTS)),
    }
}

async fn send_summary(context: &mut Context, overview: &Overview) -> Result<(), Rejection> {
    // Everything is read before anything is sent: a reply cannot be taken back.
    let name = &overview.stream.topic.name;
    let groups = context.broker()?.groups(name).await.map_err(read_rejection)?.len();
    let first = overview.first_entries(context, 1).await?;
    let last = overview.last_entry(context).await?;
    context.replies.map(10);
    send_counts(context, overview, last.as_ref());
    number(&mut context.replies, "groups", groups as u64);
    context.replies.bulk(b"first-entry");
    send_entry_or_null(context, first.into_iter().next());
    context.replies.bulk(b"last-entry");
    send_entry_or_null(context, last);
    Ok(())
}

async fn send_full(
    context: &mut Context,
    overview: &Overview,
    count: usize,
) -> Result<(), Rejection> {
    let entries = overview.first_entries(context, count).await?;
    let last = overview.last_entry(context).await?;
    context.replies.map(9);
    send_counts(context, overview, last.as_ref());
    context.replies.bulk(b"entries");
    context.replies.array(entries.len());
    entries.iter().for_each(|entry| entry.send(&mut context.replies));
    context.replies.bulk(b"groups");
    groups::send_groups_in_full(context, &overview.stream.topic.name, count).await
}

/// Sends the seven fields that both forms begin with. The nodes of Redis' radix tree are the
/// partitions and their root here. Of several partitions the last id is that of the entry after
/// which a reader waits for new ones.
fn send_counts(context: &mut Context, overview: &Overview, last: Option<&StreamEntry>) {
    let partitions = overview.partitions.len() as u64;
    let sum = |of: fn(&OffsetRange) -> u64| overview.partitions.iter().map(|(_, r)| of(r)).sum();
    number(&mut context.replies, "length", sum(|range| range.end - range.start));
    number(&mut context.replies, "radix-tree-keys", partitions);
    number(&mut context.replies, "radix-tree-nodes", partitions + 1);
    let last = last.filter(|_| overview.stream.partition.is_none());
    let last = last.map(|entry| EntryId::of(entry.partition, entry.stored.offset));
    id(context, "last-generated-id", last.unwrap_or_else(|| overview.last_id()));
    // Trimming does not count, as in Redis, and nothing else deletes.
    id(context, "max-deleted-entry-id", EntryId::FIRST);
    number(&mut context.replies, "entries-added", sum(|range| range.end));
    id(context, "recorded-first-entry-id", overview.first_id());
}

fn id(context: &mut Context, name: &str, id: EntryId) {
    context.replies.bulk(name.as_bytes());
    context.replies.bulk(IdText::from(id).as_bytes());
}

fn send_entry_or_null(context: &mut Context, entry: Option<StreamEntry>) {
    match entry {
        Some(entry) => entry.send(&mut context.replies),
        None => context.replies.null(),
    }
}

impl Overview {
    async fn new(context: &Context, stream: Stream) -> Result<Self, Rejection> {
        let ranges = topic::ends(context, &stream.topic.name).await?;
        let is_meant = |(at, _): &(u32, _)| stream.partition.is_none_or(|named| named == *at);
        let partitions = (0..).zip(ranges.iter().copied()).filter(is_meant).collect();
        Ok(Self { stream, partitions })
    }

    /// All entries of the stream.
    async fn all(&self, context: &Context) -> Result<Option<StreamRange>, Rejection> {
        IdRange::ALL.records(context, &self.stream).await
    }

    /// The first entries in the stream's order.
    async fn first_entries(
        &self,
        context: &Context,
        count: usize,
    ) -> Result<Vec<StreamEntry>, Rejection> {
        match self.all(context).await? {
            Some(range) => first_entries(context, &self.stream.topic.name, range, count).await,
            None => Ok(Vec::new()),
        }
    }

    /// The last entry in the stream's order.
    async fn last_entry(&self, context: &Context) -> Result<Option<StreamEntry>, Rejection> {
        let Some(range) = self.all(context).await? else { return Ok(None) };
        let found = last_entries(context, &self.stream.topic.name, range, 1).await?;
        Ok(found.into_iter().next())
    }

    /// The id after which nothing was added yet.
    fn last_id(&self) -> EntryId {
        let ends = self.partitions.iter().filter(|(_, range)| range.end > 0);
        let ids = ends.map(|(partition, range)| EntryId::of(*partition, range.end - 1));
        ids.max().unwrap_or(EntryId::FIRST)
    }

    fn first_id(&self) -> EntryId {
        let filled = self.partitions.iter().filter(|(_, range)| range.end > range.start);
        let ids = filled.map(|(partition, range)| EntryId::of(*partition, range.start));
        ids.min().unwrap_or(EntryId::FIRST)
    }
}
