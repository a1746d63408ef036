//! XACK.

use std::sync::Arc;

use futures_util::future::try_join_all;

use super::{
    group::{commit, open_group},
    position::{entry_id, position},
};
use crate::{
    commands::{
        arguments::rest,
        group_name::GroupName,
        spec::{
            BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
            InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
            Rights, Secrets, Spec, Subcommands, WhileSubscribed,
        },
    },
    consumer::{EntryPosition, StreamGroup},
    context::{Context, Next},
    entry::EntryId,
    message::Rejection,
    resp::Args,
};

pub(super) static SPEC: Spec = Spec {
    name: "XACK",
    arity: -4,
    family: Family::Stream,
    summary: "Acknowledges entries of a consumer group.",
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
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::No,
        groups: |args| DryRun::group_at(args, 1),
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// The arguments of an XACK.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Query {
    name: GroupName,
    ids: Vec<EntryId>,
}

impl Query {
    /// Reads `XACK key group id …`.
    ///
    /// # Errors
    /// Redis' words.
    fn parse(args: &Args<'_>) -> Result<Self, Rejection> {
        let name = GroupName::parse(&args[1], &args[2])?;
        let ids = rest(args, 3).map(entry_id).collect::<Result<_, _>>()?;
        Ok(Self { name, ids })
    }
}

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let Query { name, ids } = Query::parse(&request.args)?;
    context.check_consume(&name.topic)?;
    let count = match open_group(context, &name)? {
        Some(group) => acknowledge(context, &group, ids.into_iter().filter_map(position)).await?,
        // No entry of it is pending here.
        None => 0,
    };
    context.replies.count(count);
    Ok(Next::Go)
}

/// Acknowledges those of the entries that are pending, and waits until that is stored. Returns how
/// many they were.
///
/// # Errors
/// As [`commit`], or some entries stay pending because a commit has no room for them.
pub(super) async fn acknowledge(
    context: &Context,
    group: &Arc<StreamGroup>,
    positions: impl Iterator<Item = EntryPosition>,
) -> Result<usize, Rejection> {
    let done = group.acknowledge(positions);
    let stores = done.partitions.iter().map(|partition| group.store(*partition));
    commit(context, try_join_all(stores)).await?;
    if done.refused == 0 {
        return Ok(done.count);
    }
    Err(Rejection::err(format!(
        "not acknowledged: {} of these entries lie too far behind others that are pending ({} were acknowledged); acknowledge the oldest pending entries first",
        done.refused, done.count
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    #[test]
    fn ids_are_complete() {
        let query = with_args("XACK orders g 1-0 7-3", Query::parse).unwrap();
        let ids = [EntryId { place: 1, partition: 0 }, EntryId { place: 7, partition: 3 }];
        assert_eq!((query.name.group.as_str(), query.ids.as_slice()), ("g", &ids[..]));
        for line in ["XACK orders g $", "XACK orders g 1-0 -", "XACK orders g x", "XACK :0 g 1-0"] {
            assert!(with_args(line, |args| Query::parse(args).is_err()), "{line}");
        }
    }
}
