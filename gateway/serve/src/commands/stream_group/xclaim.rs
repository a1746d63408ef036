//! XCLAIM.

use std::sync::Arc;

use super::{
    claim::{Show, claim, idle_min, send_claimed},
    group::{check_exists, open_group, use_group},
    position::{entry_id, position},
};
use crate::{
    commands::{
        arguments::integer,
        group_name::{GroupName, consumer_name},
        spec::{
            BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
            InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
            Rights, Secrets, Spec, Subcommands, WhileSubscribed,
        },
        stream::{blocking::READ_RECORDS_MAX, topic::ends},
    },
    consumer::{Claim, EntryPosition, Renewal, StreamGroup},
    context::{Context, Next},
    entry::EntryId,
    message::Rejection,
    pipeline::read_rejection,
    resp::{Args, is_word},
};

pub(super) static SPEC: Spec = Spec {
    name: "XCLAIM",
    arity: -6,
    family: Family::Stream,
    summary: "Takes over pending entries.",
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

/// The arguments of an XCLAIM.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Query {
    name: GroupName,
    consumer: Vec<u8>,
    /// Shortest idle time of an entry, in milliseconds.
    idle_min_ms: i64,
    ids: Vec<EntryId>,
    /// `TIME`, or the time now less `IDLE`: when they count as delivered, in Unix milliseconds.
    delivered_ms: i64,
    /// `RETRYCOUNT`: how often they count as delivered.
    deliveries: Option<u64>,
    /// `FORCE`: also entries that are not pending.
    is_forced: bool,
    show: Show,
}

impl Query {
    /// Reads `XCLAIM key group consumer min-idle id … [IDLE ms] [TIME ms] [RETRYCOUNT n] [FORCE]
    /// [JUSTID] [LASTID id]`; `now` in Unix milliseconds.
    ///
    /// # Errors
    /// Redis' words.
    fn parse(args: &Args<'_>, now: i64) -> Result<Self, Rejection> {
        let mut query = Self {
            name: GroupName::parse(&args[1], &args[2])?,
            consumer: consumer_name(&args[3])?,
            idle_min_ms: idle_min(&args[4], SPEC.name)?,
            ids: Vec::new(),
            delivered_ms: now,
            deliveries: None,
            is_forced: false,
            show: Show::Entries,
        };
        let mut at = 5;
        while let Some(Ok(id)) = args.get(at).map(entry_id) {
            query.ids.push(id);
            at += 1;
        }
        while let Some(option) = args.get(at) {
            at += 1;
            if is_word(option, "FORCE") {
                query.is_forced = true;
                continue;
            } else if is_word(option, "JUSTID") {
                query.show = Show::IdsOnly;
                continue;
            }
            let value = args.get(at).ok_or_else(|| unrecognized(option))?;
            at += 1;
            let number = |name: &str| {
                let words = || Rejection::err(format!("Invalid {name} option argument for XCLAIM"));
                integer(value).map_err(|_| words())
            };
            if is_word(option, "IDLE") {
                query.delivered_ms = now.saturating_sub(number("IDLE")?);
            } else if is_word(option, "TIME") {
                query.delivered_ms = number("TIME")?;
            } else if is_word(option, "RETRYCOUNT") {
                query.deliveries = u64::try_from(number("RETRYCOUNT")?).ok();
            } else if is_word(option, "LASTID") {
                // It says what was delivered, which the gateway knows.
                entry_id(value)?;
            } else {
                return Err(unrecognized(option));
            }
        }
        if !(0..=now).contains(&query.delivered_ms) {
            query.delivered_ms = now;
        }
        Ok(query)
    }
}

fn unrecognized(option: &[u8]) -> Rejection {
    let option = String::from_utf8_lossy(&option[..option.len().min(128)]).into_owned();
    Rejection::err(format!("Unrecognized XCLAIM option '{option}'"))
}

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let now = context.now_ms();
    let query = Query::parse(&request.args, now)?;
    check_exists(context, &query.name).await?;
    let Some(group) = group_to_claim_from(context, &query).await? else {
        context.replies.array(0);
        return Ok(Next::Go);
    };
    let wanted = Claim {
        consumer: &query.consumer,
        idle_min_ms: query.idle_min_ms,
        is_forced: query.is_forced,
        renewal: Renewal {
            delivered_ms: query.delivered_ms,
            deliveries: query.deliveries,
            is_silent: query.show == Show::IdsOnly,
        },
        now,
    };
    let ids = query.ids.iter().take(READ_RECORDS_MAX).copied();
    let positions: Vec<_> = ids.filter_map(position).collect();
    let mut found = group.claimable(&wanted, &positions);
    if query.is_forced {
        let ends = ends(context, group.topic()).await?;
        let end = |at: &EntryPosition| ends.get(at.partition as usize).map_or(0, |range| range.end);
        found.retain(|position| position.offset < end(position));
    }
    let claimed = claim(context, &group, &wanted, found).await?;
    send_claimed(&mut context.replies, &claimed, query.show);
    Ok(Next::Go)
}

/// The group, if it is open. FORCE opens it, because the entries need not be pending.
async fn group_to_claim_from(
    context: &mut Context,
    query: &Query,
) -> Result<Option<Arc<StreamGroup>>, Rejection> {
    if !query.is_forced {
        return open_group(context, &query.name);
    }
    let group = use_group(context, &query.name)?;
    group.assigned(context.commit_deadline()).await;
    group.refresh().await.map_err(read_rejection)?;
    Ok(Some(group))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    const NOW: i64 = 1_000_000;

    fn parse(line: &str) -> Result<Query, String> {
        with_args(line, |args| Query::parse(args, NOW)).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn ids_come_before_the_options() {
        let plain = parse("XCLAIM orders g alice 60000 1-0 7-3").unwrap();
        assert_eq!((plain.idle_min_ms, plain.ids.len(), plain.delivered_ms), (60_000, 2, NOW));
        assert_eq!((plain.deliveries, plain.is_forced, plain.show), (None, false, Show::Entries));
        let all = "XCLAIM orders g alice 0 1-0 IDLE 400 RETRYCOUNT 3 FORCE JUSTID LASTID 1-0";
        let all = parse(all).unwrap();
        assert_eq!((all.delivered_ms, all.deliveries), (NOW - 400, Some(3)));
        assert!(all.is_forced && all.show == Show::IdsOnly);
    }

    #[test]
    fn a_time_that_is_not_past_counts_as_now() {
        let delivered = |option: &str| {
            parse(&format!("XCLAIM orders g alice 0 1-0 {option}")).unwrap().delivered_ms
        };
        assert_eq!(delivered("TIME 5"), 5);
        assert_eq!(delivered("TIME 1000001"), NOW);
        assert_eq!(delivered("IDLE -1"), NOW);
        assert_eq!(delivered("IDLE 1000001"), NOW);
    }

    #[test]
    fn a_negative_idle_time_is_none() {
        assert_eq!(parse("XCLAIM orders g alice -5 1-0").unwrap().idle_min_ms, 0);
    }

    #[test]
    fn mistakes_are_refused_in_the_words_of_redis() {
        for (options, error) in [
            ("x 1-0", "Invalid min-idle-time argument for XCLAIM"),
            ("0 1-0 IDLE x", "Invalid IDLE option argument for XCLAIM"),
            ("0 1-0 TIME x", "Invalid TIME option argument for XCLAIM"),
            ("0 1-0 RETRYCOUNT x", "Invalid RETRYCOUNT option argument for XCLAIM"),
            ("0 1-0 IDLE", "Unrecognized XCLAIM option 'IDLE'"),
            ("0 1-0 COUNT 5", "Unrecognized XCLAIM option 'COUNT'"),
            ("0 1-0 LASTID x", "Invalid stream ID"),
        ] {
            let refusal = parse(&format!("XCLAIM orders g alice {options}")).unwrap_err();
            assert!(refusal.contains(error), "{options}: {refusal}");
        }
    }
}
