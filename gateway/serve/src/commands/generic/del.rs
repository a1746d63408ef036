//! DEL and UNLINK.

use crate::{
    broker::BrokerError,
    commands::{
        arguments::rest,
        explanation::{Explanation, topic_deletion},
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
    entry::stream_key,
    message::{Rejection, TopicName},
    order::order_log,
    pipeline::{BrokerOp, broker_rejection},
    resp::{Args, Replies},
};

pub(super) static DEL: Spec = Spec {
    name: "DEL",
    arity: -2,
    family: Family::Generic,
    summary: "Deletes topics, where that is allowed.",
    flags: "write",
    categories: "keyspace write slow",
    keys: Keys::All,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Admin,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::With(|context, request| Box::pin(explain(context, request))),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

pub(super) static UNLINK: Spec = Spec {
    name: "UNLINK",
    arity: -2,
    family: Family::Generic,
    summary: "The same as DEL.",
    flags: "write fast",
    categories: "keyspace write fast",
    keys: Keys::All,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Admin,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::With(|context, request| Box::pin(explain(context, request))),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// Keys that do not exist are not counted and need no right, so that clients may clean up.
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let mut count = 0;
    for topic in topics_to_delete(context, &request.args).await? {
        count += i64::from(delete_topic(context, &topic).await?);
    }
    context.replies.integer(count);
    Ok(Next::Go)
}

    entry::stream_key,
    message::{Rejection, TopicName},
    order::order_log,
    pipeline::{BrokerOp, broker_rejection},
    resp::{Args, Replies},
}
