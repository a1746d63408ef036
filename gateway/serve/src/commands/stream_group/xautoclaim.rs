//! XAUTOCLAIM.

use std::ops::Bound::{Excluded, Included, Unbounded};

use super::{
    claim::{Claimed, Show, claim, idle_min, send_claimed},
    group::{check_exists, open_group},
    position::{range_start, send_id},
};
use crate::{
    commands::{
        arguments::{integer, syntax_error},
        group_name::{GroupName, consumer_name},
        spec::{
            BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
            InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
            Rights, Secrets, Spec, Subcommands, WhileSubscribed,
        },
        stream::{blocking::READ_RECORDS_MAX, range::IdBound},
    },
    consumer::{Claim, EntryPosition, Renewal, ScanLimits},
    context::{Context, Next},
    message::Rejection,
    resp::{Args, is_word},
};

pub(super) static SPEC: Spec = Spec {
    name: "XAUTOCLAIM",
    arity: -6,
    family: Family::Stream,
    summary: "Takes over pending entries that lay idle.",
    flags: "write fast",
    categories: "write stream fast",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Reply,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: |args| DryRun::group_at(args, 1),
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// Entries of one reply where the client does not say how many. Source: Redis.
const DEFAULT_COUNT: usize = 100;
/// Pending entries that are looked at for each entry that may be claimed. Source: Redis.
const SCANNED_FOR_EACH: usize = 10;

/// The arguments of an XAUTOCLAIM.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Query {
    name: GroupName,
    consumer: Vec<u8>,
    /// Shortest idle time of an entry, in milliseconds.
    idle_min_ms: i64,
    start: IdBound,
    /// Most entries.
    count: usize,
    show: Show,
}

impl Query {
    /// Reads `XAUTOCLAIM key group consumer min-idle start [COUNT count] [JUSTID]`.
    ///
    /// # Errors
    /// Redis' words.
    fn parse(args: &Args<'_>) -> Result<Self, Rejection> {
        let name = GroupName::parse(&args[1], &args[2])?;
        let consumer = consumer_name(&args[3])?;
        let idle_min_ms = idle_min(&args[4], SPEC.name)?;
        let start = IdBound::parse(&args[5], 0)?;
        let (mut count, mut show, mut at) = (DEFAULT_COUNT, Show::Entries, 6);
        while let Some(option) = args.get(at) {
            if is_word(option, "JUSTID") {
                show = Show::IdsOnly;
                at += 1;
            } else if is_word(option, "COUNT") {
                let number = integer(args.get(at + 1).ok_or_else(syntax_error)?).ok();
                let number = number.and_then(|number| usize::try_from(number).ok());
                let number = number.filter(|number| *number > 0);
                count = number.ok_or_else(|| Rejection::err("COUNT must be > 0"))?;
                at += 2;
            } else {
                return Err(syntax_error());
            }
        }
        Ok(Self { name, consumer, idle_min_ms, start, count, show })
    }

    /// The first position that it may claim.
    fn first(&self) -> EntryPosition {
        match range_start(self.start) {
            Unbounded => EntryPosition { offset: 0, partition: 0 },
            Included(position) => position,
            Excluded(EntryPosition { offset, partition }) => match partition.checked_add(1) {
                Some(partition) => EntryPosition { offset, partition },
                None => EntryPosition { offset: offset.saturating_add(1), partition: 0 },
            },
        }
    }

    fn limits(&self) -> ScanLimits {
        let scanned_max = self.count.saturating_mul(SCANNED_FOR_EACH);
        ScanLimits {
            found_max: self.count.min(READ_RECORDS_MAX),
            scanned_max: scanned_max.min(SCANNED_FOR_EACH * READ_RECORDS_MAX),
        }
    }
}

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let query = Query::parse(&request.args)?;
    check_exists(context, &query.name).await?;
    let open = open_group(context, &query.name)?;
    let now = context.now_ms();
    let wanted = Claim {
        consumer: &query.consumer,
        idle_min_ms: query.idle_min_ms,
        is_forced: false,
        renewal: Renewal {
            delivered_ms: now,
            deliveries: None,
            is_silent: query.show == Show::IdsOnly,
        },
        now,
    };
    let (mut next, mut claimed) = (None, Claimed::default());
    if let Some(group) = open {
        let (found, behind) = group.scan(&wanted, query.first(), query.limits());
        claimed = claim(context, &group, &wanted, found).await?;
        next = behind;
    }
    let replies = &mut context.replies;
    replies.array(3);
    match next {
        Some(next) => send_id(replies, next),
        None => replies.bulk(b"0-0"),
    }
    send_claimed(replies, &claimed, query.show);
    replies.array(claimed.gone.len());
    claimed.gone.iter().for_each(|position| send_id(replies, *position));
    Ok(Next::Go)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    fn parse(options: &str) -> Result<Query, String> {
        let line = format!("XAUTOCLAIM orders g alice {options}");
        with_args(&line, Query::parse).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn it_looks_at_ten_entries_for_each_that_it_may_claim() {
        let query = parse("500 -").unwrap();
        assert_eq!((query.idle_min_ms, query.count, query.show), (500, 100, Show::Entries));
        assert_eq!((query.limits().found_max, query.limits().scanned_max), (100, 1_000));
        let all = parse("0 0-0 COUNT 9223372036854775807 JUSTID").unwrap();
        assert_eq!(all.show, Show::IdsOnly);
        assert_eq!(all.limits().found_max, READ_RECORDS_MAX);
        assert_eq!(all.limits().scanned_max, 10 * READ_RECORDS_MAX);
    }

    #[test]
    fn an_excluded_start_begins_at_the_next_position() {
        let first = |start: &str| parse(&format!("0 {start}")).unwrap().first();
        assert_eq!(first("-"), EntryPosition { offset: 0, partition: 0 });
        assert_eq!(first("7-3"), EntryPosition { offset: 6, partition: 3 });
        assert_eq!(first("(7-3"), EntryPosition { offset: 6, partition: 4 });
        assert_eq!(first("(7-4294967295"), EntryPosition { offset: 7, partition: 0 });
    }

    #[test]
    fn mistakes_are_refused_in_the_words_of_redis() {
        for (options, error) in [
            ("x -", "Invalid min-idle-time argument for XAUTOCLAIM"),
            ("0 x", "Invalid stream ID"),
            ("0 - COUNT", "syntax error"),
            ("0 - COUNT 0", "COUNT must be > 0"),
            ("0 - COUNT x", "COUNT must be > 0"),
            ("0 - FORCE", "syntax error"),
        ] {
            let refusal = parse(options).unwrap_err();
            assert!(refusal.contains(error), "{options}: {refusal}");
        }
    }
}
