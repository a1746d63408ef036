//! XLEN.

use super::topic::{self, Stream};
use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
    entry::stream_key,
};

pub(super) static SPEC: Spec = Spec {
    name: "XLEN",
    arity: 2,
    family: Family::Stream,
    summary: "Counts the entries of a topic.",
    flags: "readonly fast",
    categories: "read stream fast",
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
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let key = stream_key(&request.args[1])?;
    let mut length = 0;
    if let Some(Stream { topic, partition }) = topic::find(context, &key).await? {
        let ends = topic::ends(context, &topic.name).await?;
        let all = (0..topic.partitions).zip(ends.iter());
        let counted = all.filter(|(at, _)| partition.is_none_or(|named| named == *at));
        length = counted.map(|(_, range)| range.end - range.start).sum();
    }
    context.replies.unsigned(length);
    Ok(Next::Go)
}
