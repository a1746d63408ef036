//! AUTH.

use crate::{
    commands::{
        explanation::Explanation,
        login,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next, log_in},
    message::Rejection,
    pipeline::{AuthDecision, login_unavailable},
    resp::Replies,
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
    explain: Explain::With(|context, request| Box::pin(explain(context, request))),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// AUTH password, or AUTH user password; a databus DSN is a password.
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let credentials = login::auth_credentials(context, &request.args)?;
    if context.services.pipeline.chain().authenticates() {
        log_in(context, credentials).await?;
    } else {
        login::check_without_authenticator(
            context,
            login::named_user(&request.args, &credentials),
        )?;
    }
    context.replies.ok();
    Ok(Next::Go)
}

/// Says what the authenticators would. Their words may tell about logins.
async fn explain(context: &mut Context, request: &Request<'_>) -> Result<Explanation, Rejection> {
    let (spec, args) = (request.spec(), &request.args);
    context.check_admin()?;
    let credentials = login::auth_credentials(context, args)?;
    let mut reply = Replies::with_protocol(context.replies.protocol());
    let chain = context.services.pipeline.chain();
    if !chain.authenticates() {
        login::check_without_authenticator(context, login::named_user(args, &credentials))?;
        reply.ok();
        let reply = Some(reply.as_bytes().to_vec());
        let words = "no authenticator is loaded: meets no plugin";
        return Ok(Explanation { reply, ..Explanation::of(spec.name).noting(words) });
    }
    let fork = chain.fork();
    let (decision, trace) = context.services.pipeline.dry_run_login(&fork, credentials).await;
    match decision {
        AuthDecision::Granted { grant, .. } => match context.services.cluster_of(&grant) {
            Ok(_) => reply.ok(),
            Err(rejection) => reply.error(rejection),
        },
        AuthDecision::Refused(rejection) => reply.error(rejection),
        AuthDecision::Unavailable { .. } => reply.error(login_unavailable()),
    }
    let words = "credentials that the gateway knows already are answered from memory, as long as \
                 their grant holds";
    let reply = Some(reply.as_bytes().to_vec());
    Ok(Explanation { traces: vec![trace], reply, ..Explanation::of(spec.name).noting(words) })
}
