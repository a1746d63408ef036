//! EXISTS.

use crate::{
    commands::{
        arguments::rest,
        keyspace::{find_key, is_visible},
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
    entry::stream_key,
    pipeline::read_rejection,
};

/// Unknown keys up to so many are looked up one by one; for more, the list of all topics is taken
/// once.
const LOOK_UPS_MAX: usize = 4;

pub(super) static SPEC: Spec = Spec {
    name: "EXISTS",
    arity: -2,
    family: Family::Generic,
    summary: "Counts which of the topics exist.",
    flags: "readonly fast",
    categories: "keyspace read fast",
    keys: Keys::All,
    subcommands: Subcommands::None,
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

/// Counts the keys that exist; a key counts as often as it is named.
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let args = &request.args;
    let mut count = 0;
    if args.len() <= LOOK_UPS_MAX + 1 {
        for key in rest(args, 1) {
            count += i64::from(find_key(context, key).await?.is_some());
        }
    } else {
        let topics = context.broker()?.topics().await.map_err(read_rejection)?;
        for key in rest(args, 1) {
            let Ok(key) = stream_key(key) else { continue };
            let found = topics.binary_search_by(|topic| topic.name.cmp(&key.topic)).ok();
            let has = |at: usize| key.partition.is_none_or(|p| p < topics[at].partitions);
            count += i64::from(found.is_some_and(has) && is_visible(context, &key.topic)?);
        }
    }
    context.replies.integer(count);
    Ok(Next::Go)
}
