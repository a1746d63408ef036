//! DEL and UNLINK.

use crate::{
    commands::{
        explanation::{Explanation, topic_deletion},
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
    message::Rejection,
    resp::Replies,
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

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.delete(&request.args).await?;
    Ok(Next::Go)
}

/// Says which topics would be deleted.
async fn explain(context: &mut Context, request: &Request<'_>) -> Result<Explanation, Rejection> {
    let topics = context.topics_to_delete(&request.args).await?;
    let mut reply = Replies::with_protocol(context.replies.protocol());
    reply.count(topics.len());
    let changes = topics.iter().map(|topic| topic_deletion(topic.as_str())).collect();
    let explanation = Explanation::of(request.spec().name).noting("meets no plugin");
    Ok(Explanation { changes, reply: Some(reply.as_bytes().to_vec()), ..explanation })
}
