//! PING.

use crate::{
    commands::{
        rejections::wrong_arity,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "PING",
    arity: -1,
    family: Family::Connection,
    summary: "Answers PONG or its argument.",
    flags: "fast",
    categories: "fast connection",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Allowed,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::AtOnce(run),
};

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    match request.args.len() {
        1 | 2 if context.is_listening_only() => {
            context.replies.array(2);
            context.replies.bulk(b"pong");
            context.replies.bulk(request.args.get(1).unwrap_or_default());
        }
        1 => context.replies.pong(),
        2 => context.replies.bulk(&request.args[1]),
        _ => return Err(wrong_arity("ping").into()),
    }
    Ok(Next::Go)
}
