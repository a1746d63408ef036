//! DBSIZE.

use crate::{
    commands::{
        keyspace::visible_topics,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "DBSIZE",
    arity: 1,
    family: Family::Server,
    summary: "Counts the topics.",
    flags: "readonly fast",
    categories: "keyspace read fast",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Visible,
    secrets: Secrets::None,
    bound: Bound::Topics,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, _request: &Request<'_>) -> Outcome {
    let count = visible_topics(context).await?.len();
    context.replies.count(count);
    Ok(Next::Go)
}
