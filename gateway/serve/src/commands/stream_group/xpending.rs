//! XPENDING.

use super::{
    group::{check_exists, open_group},
    position::{range_end, range_start, send_id},
};
use crate::{
    commands::{
        arguments::{integer, syntax_error},
        group_name::GroupName,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
        stream::range::IdBound,
    },
    consumer::{IdleFilter, StreamGroup},
    context::{Context, Next},
    message::Rejection,
    resp::{Args, is_word},
};

pub(super) static SPEC: Spec = Spec {
    name: "XPENDING",
    arity: -3,
    family: Family::Stream,
    summary: "Lists pending entries of a consumer group.",
    flags: "readonly",
    categories: "read stream slow",
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
    explain: Explain::Answer,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// Most entries of one reply. A client gets more with a range that starts after the last one.
const LISTED_MAX: usize = 100_000;

/// The arguments of an XPENDING.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Query {
    name: GroupName,
    /// `None` for a summary.
    list: Option<List>,
}

/// The arguments of the long form.
#[derive(Clone, Debug, PartialEq, Eq)]
struct List {
    /// Shortest idle time, in milliseconds.
    idle_min_ms: i64,
    start: IdBound,
    end: IdBound,
    /// Most entries.
    count: usize,
    /// Only entries of this consumer.
    consumer: Option<Vec<u8>>,
}

impl Query {
    /// Reads `XPENDING key group [[IDLE ms] start end count [consumer]]`.
    ///
    /// # Errors
    /// Redis' words.
    fn parse(args: &Args<'_>) -> Result<Self, Rejection> {
        let name = GroupName::parse(&args[1], &args[2])?;
        if args.len() == 3 {
            return Ok(Self { name, list: None });
        }
        if !(6..=9).contains(&args.len()) {
            return Err(syntax_error());
        }
        let (mut idle_min_ms, mut at) = (0, 3);
        if is_word(&args[3], "IDLE") {
            idle_min_ms = integer(&args[4])?;
            at = 5;
        }
        let argument = |at: usize| args.get(at).ok_or_else(syntax_error);
        let count = usize::try_from(integer(argument(at + 2)?)?).unwrap_or(0);
        let start = IdBound::parse(argument(at)?, 0)?;
        let end = IdBound::parse(argument(at + 1)?, u64::MAX)?;
        let consumer = args.get(at + 3).map(<[u8]>::to_vec);
        Ok(Self { name, list: Some(List { idle_min_ms, start, end, count, consumer }) })
    }
}

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let query = Query::parse(&request.args)?;
    check_exists(context, &query.name).await?;
    let open = open_group(context, &query.name)?;
    match query.list {
        None => send_summary(context, open.as_deref()),
        Some(list) => send_list(context, open.as_deref(), &list),
    }
    Ok(Next::Go)
}

fn send_summary(context: &mut Context, group: Option<&StreamGroup>) {
    let summary = group.map(StreamGroup::summary).unwrap_or_default();
    let replies = &mut context.replies;
    replies.array(4);
    replies.count(summary.count);
    let Some((first, last)) = summary.ends else {
        replies.null();
        replies.null();
        replies.null_array();
        return;
    };
    send_id(replies, first);
    send_id(replies, last);
    replies.array(summary.consumers.len());
    for (name, count) in summary.consumers {
        replies.array(2);
        replies.bulk(&name);
        replies.bulk(itoa::Buffer::new().format(count).as_bytes());
    }
}

fn send_list(context: &mut Context, group: Option<&StreamGroup>, list: &List) {
    let now = context.now_ms();
    let most = list.count.min(LISTED_MAX);
    let range = (range_start(list.start), range_end(list.end));
    let idle = IdleFilter { min_ms: list.idle_min_ms, now };
    let found = group.map(|group| group.pending(range, list.consumer.as_deref(), idle, most));
    let found = found.unwrap_or_default();
    let replies = &mut context.replies;
    replies.array(found.len());
    for (position, entry) in found {
        replies.array(4);
        send_id(replies, position);
        replies.bulk(&entry.consumer);
        replies.integer(now.saturating_sub(entry.delivered_ms).max(0));
        replies.unsigned(entry.deliveries);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{entry::EntryId, resp::with_args};

    fn list(line: &str) -> List {
        with_args(line, Query::parse).unwrap().list.expect("it is the long form")
    }

    #[test]
    fn without_a_range_it_asks_for_a_summary() {
        assert_eq!(with_args("XPENDING orders g", Query::parse).unwrap().list, None);
    }

    #[test]
    fn a_range_may_name_a_consumer_and_an_idle_time() {
        let all = list("XPENDING orders g - + 10");
        assert_eq!((all.idle_min_ms, all.count, &all.consumer), (0, 10, &None));
        assert_eq!((all.start.id, all.end.id), (EntryId::FIRST, EntryId::LAST));
        let some = list("XPENDING orders g IDLE 500 (1-0 7-3 10 alice");
        assert_eq!((some.idle_min_ms, some.count), (500, 10));
        assert!(some.start.is_excluded && !some.end.is_excluded);
        assert_eq!(some.consumer.as_deref(), Some(&b"alice"[..]));
        assert_eq!(list("XPENDING orders g - + -1").count, 0);
    }

    #[test]
    fn mistakes_are_refused_in_the_words_of_redis() {
        for (line, error) in [
            ("XPENDING orders g -", "syntax error"),
            ("XPENDING orders g - +", "syntax error"),
            ("XPENDING orders g IDLE 5 - +", "syntax error"),
            ("XPENDING orders g - + x", "not an integer"),
            ("XPENDING orders g IDLE x - + 1", "not an integer"),
            ("XPENDING orders g x + 1", "Invalid stream ID"),
        ] {
            let refusal = with_args(line, |args| Query::parse(args).unwrap_err().to_string());
            assert!(refusal.contains(error), "{line}: {refusal}");
        }
    }
}
