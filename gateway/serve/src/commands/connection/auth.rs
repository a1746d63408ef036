//! AUTH.

use crate::{
    commands::{
        login,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "AUTH",
    arity: -2,
    family: Family::Connection,
    summary: "Logs in.",
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
    secrets: Secrets::All,
    bound: Bound::Login,
    monitored: Monitored::Shown,
    explain: Explain::With(|context, request| Box::pin(context.explain_login(request))),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// AUTH password, or AUTH user password; a databus DSN is a password.
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let credentials = login::auth_credentials(context, &request.args)?;
    if context.services.pipeline.chain().authenticates() {
        context.log_in(credentials).await?;
    } else {
        login::check_without_authenticator(
            context,
            login::named_user(&request.args, &credentials),
        )?;
    }
    context.replies.ok();
    Ok(Next::Go)
}
