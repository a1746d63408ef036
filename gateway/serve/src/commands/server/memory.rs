//! MEMORY.

use crate::{
    broker::{Fetch, OffsetRange},
    commands::{
        arguments::{integer, syntax_error},
        fields,
        keyspace::find_key,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommand,
            Subcommands, WhileSubscribed,
        },
        subcommand::{Asked, send_help, subcommand},
    },
    context::{Context, Next},
    entry::StreamKey,
    message::{Rejection, StoredRecord, TopicPartition},
    pipeline::read_rejection,
    resp::Args,
    resp::is_word,
    telemetry::ProcessUsage,
};

static SUBCOMMANDS: &[Subcommand] = &[
    Subcommand::new("DOCTOR", 2, &["DOCTOR", "    Return memory problems reports."]),
    Subcommand::new(
        "MALLOC-STATS",
        2,
        &["MALLOC-STATS", "    Return internal statistics report from the memory allocator."],
    ),
    Subcommand::new(
        "PURGE",
        2,
        &["PURGE", "    Attempt to purge dirty pages for reclamation by the allocator."],
    ),
    Subcommand::new(
        "STATS",
        2,
        &["STATS", "    Return information about the memory usage of the server."],
    ),
    Subcommand::new(
        "USAGE",
        -3,
        &[
            "USAGE <key> [SAMPLES <count>]",
            "    Return memory in bytes used by <key> and its value. Nested values are",
            "    sampled up to <count> times (default: 5, 0 means sample all).",
        ],
    ),
];

pub(super) static SPEC: Spec = Spec {
    name: "MEMORY",
    arity: -2,
    family: Family::Server,
    summary: "Estimates what a topic takes.",
    flags: "",
    categories: "slow",
    keys: Keys::Second,
    subcommands: Subcommands::Table(SUBCOMMANDS),
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Visible,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// Records that USAGE weighs where the client does not say how many, as in Redis.
const SAMPLES: u64 = 5;
/// Most records it weighs: the rest of a long topic is taken to be like them.
const SAMPLES_MAX: u64 = 1_000;
/// Most bytes it reads for that.
const SAMPLES_BYTES_MAX: usize = 1024 * 1024;
/// What a record takes beside its payload, about: its length, time, offset and checksum.
const RECORD_BYTES: u64 = 32;

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let (spec, args) = (request.spec(), &request.args);
    match subcommand(spec, args)? {
        Asked::Help => send_help(&mut context.replies, spec),
        Asked::For("USAGE") => send_usage(context, args).await?,
        Asked::For("STATS") => send_stats(context),
        Asked::For("PURGE") => context.replies.ok(),
        Asked::For("DOCTOR") => {
            context.replies.verbatim("Topics are not kept in memory: they lie in the broker.\n");
        }
        Asked::For(_) => context.replies.bulk(b"Stats not supported for the current allocator"),
    }
    Ok(Next::Go)
}

/// MEMORY USAGE: what the broker keeps of a topic, as records times the mean weight of the
/// newest ones of its longest partition. On compacted topics it is an upper bound.
async fn send_usage(context: &mut Context, args: &Args<'_>) -> Result<(), Rejection> {
    let samples = match (args.get(3), args.get(4)) {
        (None, _) => SAMPLES,
        (Some(word), Some(count)) if is_word(word, "SAMPLES") && args.len() == 5 => {
            match u64::try_from(integer(count)?) {
                Ok(0) => SAMPLES_MAX,
                Ok(count) => count.min(SAMPLES_MAX),
                Err(_) => return Err(syntax_error()),
            }
        }
        _ => return Err(syntax_error()),
    };
    let Some(key) = find_key(context, &args[2]).await? else {
        context.replies.null();
        return Ok(());
    };
    let bytes = estimate(context, &key, samples).await?;
    context.replies.integer(i64::try_from(bytes).unwrap_or(i64::MAX));
    Ok(())
}

async fn estimate(context: &Context, key: &StreamKey, samples: u64) -> Result<u64, Rejection> {
    let broker = context.broker()?;
    let ranges = broker.all_offsets(&key.topic).await.map_err(read_rejection)?;
    let ranges = (0_u32..).zip(ranges);
    let ranges = ranges.filter(|(at, _)| key.partition.is_none_or(|named| named == *at));
    let ranges: Vec<(u32, OffsetRange)> =
        ranges.filter(|(_, range)| range.end > range.start).collect();
    let records: u64 = ranges.iter().map(|(_, range)| range.end - range.start).sum();
    let Some((partition, range)) = ranges.iter().max_by_key(|(_, range)| range.end - range.start)
    else {
        return Ok(0);
    };
    let fetch = Fetch {
        partition: TopicPartition::new(key.topic.clone(), *partition),
        from: range.end.saturating_sub(samples).max(range.start),
        records_max: usize::try_from(samples).unwrap_or(1),
        bytes_max: SAMPLES_BYTES_MAX,
    };
    let weighed = broker.fetch(fetch).await.map_err(read_rejection)?;
    let total: u64 = weighed.iter().map(weight).sum();
    Ok(records.saturating_mul(total.div_ceil((weighed.len() as u64).max(1))))
}

fn send_stats(context: &mut Context) {
    let usage = ProcessUsage::of_this_process().unwrap_or_default();
    context.replies.map(3);
    fields::number(&mut context.replies, "peak.allocated", usage.peak_bytes);
    fields::number(&mut context.replies, "total.allocated", usage.own_bytes);
    fields::number(&mut context.replies, "allocator.resident", usage.resident_bytes);
}

fn weight(stored: &StoredRecord) -> u64 {
    stored.record.payload_len() as u64 + RECORD_BYTES
}
