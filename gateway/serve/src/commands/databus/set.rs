//! SET.

use tokio::time::timeout_at;

use super::{
    member::{binding, consumer_binding, join, not_bound, start_at},
    publish::{copy, publish, wrong_arguments},
};
use crate::{
    broker::BrokerError,
    commands::{
        arguments::integer,
        spec::{
            Added, BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family,
            Handler, InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing,
            Request, Rights, Secrets, Spec, Subcommands, WhileSubscribed,
        },
    },
    consumer::CommitError,
    context::{Context, Next},
    databus::DatabusRecord,
    message::Rejection,
    pipeline::{BrokerOp, broker_rejection},
    resp::{Args, is_word},
};

/// Word that marks a SET of a client that publishes and consumes as a commit.
const COMMIT_WORD: &str = "COMMIT";

pub(super) static SPEC: Spec = Spec {
    name: "SET",
    arity: -1,
    family: Family::Databus,
    summary: "Publishes to the bound topic, or commits an offset.",
    flags: "write denyoom fast",
    categories: "write fast databus",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::IfBound(add_to_burst),
    rights: Rights::Bound,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::Yes,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// Adds the message to the burst, unless the SET is a commit.
fn add_to_burst(context: &mut Context, args: &Args<'_>) -> Result<Added, Rejection> {
    if is_commit(context, args) {
        return Ok(Added::NotPublishing);
    }
    publish(context, args, record).map(Added::Joined)
}

/// Is this SET a commit? For a consumer every SET is; a client that also publishes writes
/// `SET partition offset COMMIT`.
fn is_commit(context: &Context, args: &Args<'_>) -> bool {
    let consumes = binding(context).is_ok_and(|binding| binding.consumes);
    consumes && args.len() == 4 && is_word(&args[3], COMMIT_WORD)
}

/// Reads `SET key value` of a publisher.
///
/// # Errors
/// `pub params error`; nothing was stored.
fn record(args: &Args<'_>, color: &str) -> Result<DatabusRecord, Rejection> {
    if args.len() != 3 {
        return Err(wrong_arguments());
    }
    Ok(DatabusRecord::new(copy(args, 1), copy(args, 2), color))
}

/// A consumer's `SET partition offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Commit {
    partition: u32,
    /// The last offset that was processed.
    offset: u64,
}

impl Commit {
    /// Reads `SET partition offset`.
    ///
    /// # Errors
    /// `commit offset params error`; nothing was committed.
    fn parse(args: &Args<'_>) -> Result<Self, Rejection> {
        let wrong = |why: &str| Rejection::err(format!("commit offset params error: {why}"));
        if args.len() < 3 {
            return Err(wrong("write SET partition offset"));
        }
        let number = |at: usize| integer(&args[at]).map_err(|_| wrong("not a number"));
        let partition = u32::try_from(number(1)?).map_err(|_| wrong("no such partition"))?;
        let offset = u64::try_from(number(2)?).map_err(|_| wrong("the offset is negative"))?;
        Ok(Self { partition, offset })
    }
}

/// Commits: everything up to and including the offset is processed.
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let of_grant = consumer_binding(context)?.start_at;
    let commit = Commit::parse(&request.args)?;
    join(context)?;
    let start_at = start_at(context, of_grant);
    let until = context.commit_deadline();
    let Some(membership) = &mut context.membership else { return Err(not_bound().into()) };
    let committed = async {
        // A new member has no partitions until the group is balanced, and it has looked.
        membership.assigned(until).await;
        membership.assignment(start_at).await?;
        membership.commit(commit.partition, commit.offset).await
    };
    let late = || BrokerError::Unknown { reason: "no answer to a commit in time".to_owned() };
    match timeout_at(until, committed).await.unwrap_or_else(|_| Err(late().into())) {
        Ok(()) => {
            context.replies.ok();
            Ok(Next::Go)
        }
        Err(CommitError::Broker(error)) => Err(broker_rejection(BrokerOp::Commit, error).into()),
        Err(error) => Err(Rejection::err(format!("commit offset params error: {error}")).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    #[test]
    fn a_consumer_commits_the_last_offset_it_processed() {
        let commit = Commit { partition: 3, offset: 17 };
        assert_eq!(with_args("SET 3 17", Commit::parse).unwrap(), commit);
        for (line, error) in [
            ("SET 3", "write SET partition offset"),
            ("SET x 17", "not a number"),
            ("SET 3 x", "not a number"),
            ("SET -1 17", "no such partition"),
            ("SET 4294967296 17", "no such partition"),
            ("SET 3 -1", "the offset is negative"),
        ] {
            let refusal = with_args(line, Commit::parse).unwrap_err().to_string();
            assert!(refusal.contains("commit offset params error"), "{line}: {refusal}");
            assert!(refusal.contains(error), "{line}: {refusal}");
        }
    }

    #[test]
    fn a_publisher_gives_one_key_and_one_value() {
        for line in ["SET", "SET key", "SET key value EX 10"] {
            let refusal = with_args(line, |args| record(args, "")).unwrap_err().to_string();
            assert!(refusal.contains("pub params error"), "{line}: {refusal}");
        }
        assert!(with_args("SET key value", |args| record(args, "")).is_ok());
    }
}
