//! KEYS.

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
    message::{TopicName, fits_glob},
    resp::Replies,
};

pub(super) static SPEC: Spec = Spec {
    name: "KEYS",
    arity: 2,
    family: Family::Generic,
    summary: "Lists the topics that fit a pattern.",
    flags: "readonly",
    categories: "keyspace read slow dangerous",
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

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let mut topics = visible_topics(context).await?;
    topics.retain(|name| fits_glob(&request.args[1], name.as_str().as_bytes()));
    send_names(&mut context.replies, &topics);
    Ok(Next::Go)
}

/// Writes a list of topic names.
pub(super) fn send_names(replies: &mut Replies, names: &[TopicName]) {
    replies.array(names.len());
    names.iter().for_each(|name| replies.bulk(name.as_str().as_bytes()));
}
