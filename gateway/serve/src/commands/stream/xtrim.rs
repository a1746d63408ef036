//! XTRIM.

use super::trim_options::TrimOptions;
use crate::{
    broker::OffsetRange,
    commands::{
        arguments::syntax_error,
        spec::{
            BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
            InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
            Rights, Secrets, Spec, Subcommands, WhileSubscribed,
        },
    },
    context::{Context, Next, Trim, TrimPoint, trim_partition, trim_scope},
    entry::{StreamKey, stream_key},
    message::{Rejection, TopicPartition},
    pipeline::read_rejection,
    resp::Args,
};

pub(super) static SPEC: Spec = Spec {
    name: "XTRIM",
    arity: -4,
    family: Family::Stream,
    summary: "Deletes the oldest entries of a topic.",
    flags: "write",
    categories: "write stream slow",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Publish,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::No,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let (key, trim) = parse(&request.args)?;
    context.check_publish(&key.topic)?;
    let Some(topic) = context.find_topic(&key.topic).await? else {
        context.replies.integer(0);
        return Ok(Next::Go);
    };
    let scope = trim_scope(context, &key, trim)?;
    let ranges = context.broker()?.all_offsets(&topic.name).await.map_err(read_rejection)?;
    let mut gone = 0;
    for (partition, OffsetRange { start, end }) in (0..).zip(ranges) {
        if key.partition.is_some_and(|named| named != partition) {
            continue;
        }
        let before = trim.keep.first_kept(partition, end, scope);
        let point = TrimPoint { before, exact: trim.exact, limit: trim.limit };
        let at = TopicPartition::new(topic.name.clone(), partition);
        if before > start
            && let Some(new_start) = trim_partition(context, &at, point).await?
        {
            gone += new_start.saturating_sub(start);
        }
    }
    context.replies.unsigned(gone);
    Ok(Next::Go)
}

/// Reads `XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT count] [KEEPREF|DELREF|ACKED]`.
///
/// # Errors
/// Redis' words; `DELREF` and `ACKED` with the reason.
fn parse(args: &Args<'_>) -> Result<(StreamKey, Trim), Rejection> {
    let mut options = TrimOptions::default();
    let mut at = 2;
    while at < args.len() {
        at = options.take(args, at)?.ok_or_else(syntax_error)?;
    }
    let trim = options.finish()?.ok_or_else(syntax_error)?;
    Ok((stream_key(&args[1])?, trim))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{context::Keep, resp::with_args};

    #[test]
    fn the_key_may_name_one_partition() {
        let (key, trim) = with_args("XTRIM orders:2 MAXLEN 10", parse).unwrap();
        assert_eq!((key.topic.as_str(), key.partition), ("orders", Some(2)));
        assert_eq!(trim.keep, Keep::Newest(10));
    }

    #[test]
    fn what_does_not_trim_is_refused() {
        for line in ["XTRIM orders KEEPREF KEEPREF", "XTRIM orders MAXLEN 1 2", "XTRIM orders x 1"]
        {
            let refusal = with_args(line, parse).unwrap_err().to_string();
            assert!(refusal.contains("syntax error"), "{line}: {refusal}");
        }
    }
}
