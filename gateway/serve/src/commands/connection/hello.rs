//! HELLO.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "HELLO",
    arity: -1,
    family: Family::Connection,
    summary: "Chooses the protocol and logs in.",
    flags: "noscript loading stale fast no_auth allow_busy",
    categories: "fast connection",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Allowed,
    in_transaction: InTransaction::Refused,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::AfterAuth,
    bound: Bound::Login,
    monitored: Monitored::Shown,
    explain: Explain::Words(
        "changes the protocol, the name and the login of this connection: EXPLAIN AUTH shows what the authenticators say",
    ),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.hello(&request.args).await?;
    Ok(Next::Go)
}
