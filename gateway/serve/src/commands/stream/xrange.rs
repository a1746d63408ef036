//! XRANGE and XREVRANGE.

use super::{
    range::IdRange,
    read_range::{first_entries, last_entries},
    topic,
};
use crate::{
    commands::{
        arguments::{integer, syntax_error},
        spec::{
            BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
            InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
            Rights, Secrets, Spec, Subcommands, WhileSubscribed,
        },
    },
    context::{Context, Next},
    entry::{StreamKey, stream_key},
    message::Rejection,
    resp::{Args, is_word},
};

pub(super) static XRANGE: Spec = Spec {
    name: "XRANGE",
    arity: -4,
    family: Family::Stream,
    summary: "Gives entries of a topic by id.",
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
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(xrange(context, request))),
};

pub(super) static XREVRANGE: Spec = Spec {
    name: "XREVRANGE",
    arity: -4,
    family: Family::Stream,
    summary: "Gives entries of a topic by id, last first.",
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
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(xrevrange(context, request))),
};

async fn xrange(context: &mut Context, request: &Request<'_>) -> Outcome {
    let query = Query::parse(&request.args, IdRange::parse)?;
    answer(context, &query, Direction::Forwards).await
}

async fn xrevrange(context: &mut Context, request: &Request<'_>) -> Outcome {
    let query = Query::parse(&request.args, |end, start| IdRange::parse(start, end))?;
    answer(context, &query, Direction::Backwards).await
}

/// The arguments of both commands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Query {
    key: StreamKey,
    range: IdRange,
    /// Most entries to give; `None` for all.
    count: Option<usize>,
}

/// The end of the range at which a reply begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Forwards,
    Backwards,
}

impl Query {
    /// Reads `key id id [COUNT count]`; `range` knows which of the ids comes first.
    fn parse(
        args: &Args<'_>,
        range: fn(&[u8], &[u8]) -> Result<IdRange, Rejection>,
    ) -> Result<Self, Rejection> {
        let key = stream_key(&args[1])?;
        let range = range(&args[2], &args[3])?;
        let mut count = None;
        let mut at = 4;
        while at < args.len() {
            if at + 1 == args.len() || !is_word(&args[at], "COUNT") {
                return Err(syntax_error());
            }
            // As in Redis, a negative count is 0.
            count = Some(usize::try_from(integer(&args[at + 1])?).unwrap_or(0));
            at += 2;
        }
        Ok(Self { key, range, count })
    }
}

async fn answer(context: &mut Context, query: &Query, direction: Direction) -> Outcome {
    let Some(stream) = topic::find(context, &query.key).await? else {
        context.replies.array(0);
        return Ok(Next::Go);
    };
    let most = query.count.unwrap_or(usize::MAX);
    if most == 0 {
        context.replies.null_array();
        return Ok(Next::Go);
    }
    let name = &stream.topic.name;
    let entries = match (query.range.records(context, &stream).await?, direction) {
        (None, Direction::Forwards | Direction::Backwards) => Vec::new(),
        (Some(range), Direction::Forwards) => first_entries(context, name, range, most).await?,
        (Some(range), Direction::Backwards) => last_entries(context, name, range, most).await?,
    };
    context.replies.array(entries.len());
    entries.iter().for_each(|entry| entry.send(&mut context.replies));
    Ok(Next::Go)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    fn forwards(line: &str) -> Result<Query, Rejection> {
        with_args(line, |args| Query::parse(args, IdRange::parse))
    }

    fn backwards(line: &str) -> Result<Query, Rejection> {
        with_args(line, |args| Query::parse(args, |end, start| IdRange::parse(start, end)))
    }

    #[test]
    fn the_backward_form_names_the_end_first() {
        let query = forwards("XRANGE orders:1 (2 7-3 COUNT 5").unwrap();
        assert_eq!(query, backwards("XREVRANGE orders:1 7-3 (2 COUNT 5").unwrap());
        assert_eq!((query.key.partition, query.count), (Some(1), Some(5)));
        assert!(query.range.start.is_excluded && !query.range.end.is_excluded);
        assert_eq!(forwards("XRANGE orders - +").unwrap().range, IdRange::ALL);
    }

    #[test]
    fn the_last_count_counts_and_a_negative_one_is_nothing() {
        assert_eq!(forwards("XRANGE orders - +").unwrap().count, None);
        assert_eq!(forwards("XRANGE orders - + COUNT 5 count 7").unwrap().count, Some(7));
        assert_eq!(forwards("XRANGE orders - + COUNT -1").unwrap().count, Some(0));
    }

    #[test]
    fn mistakes_are_refused_in_the_words_of_redis() {
        for (words, error) in [
            ("- + COUNT", "syntax error"),
            ("- + 5", "syntax error"),
            ("- + LIMIT 5", "syntax error"),
            ("- + COUNT x", "not an integer"),
            ("x +", "Invalid stream ID"),
            ("- x", "Invalid stream ID"),
        ] {
            let refusal = forwards(&format!("XRANGE orders {words}")).unwrap_err().to_string();
            assert!(refusal.contains(error), "{words}: {refusal}");
        }
    }
}
