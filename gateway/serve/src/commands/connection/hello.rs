//! HELLO.

use super::client_name;
use crate::{
    commands::{
        arguments::integer,
        login,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next, log_in, set_protocol},
    message::{Credentials, ErrorCode, Rejection},
    resp::{Args, Protocol, REDIS_VERSION, is_word},
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
    secrets: Secrets::AfterWord("AUTH"),
    bound: Bound::Login,
    monitored: Monitored::Shown,
    explain: Explain::Words(
        "changes the protocol, the name and the login of this connection: EXPLAIN AUTH shows what the authenticators say",
    ),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// HELLO [version [AUTH user password] [SETNAME name]]: nothing changes unless all of it can.
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let args = &request.args;
    let protocol = match args.get(1).map(integer) {
        None => context.replies.protocol(),
        Some(Ok(2)) => Protocol::Resp2,
        Some(Ok(3)) => Protocol::Resp3,
        Some(Ok(_)) => {
            return Err(Rejection::new(ErrorCode::NoProto, "unsupported protocol version").into());
        }
        Some(Err(_)) => {
            let words = "Protocol version is not an integer or out of range";
            return Err(Rejection::err(words).into());
        }
    };
    let (login, name) = options(context, args)?;
    match login {
        Some(credentials) if context.services.pipeline.chain().authenticates() => {
            log_in(context, credentials).await?;
        }
        Some(credentials) => {
            login::check_without_authenticator(context, Some(&credentials.username))?;
        }
        None if context.identity.is_none() => {
            let words = "HELLO must be called with the client already authenticated, otherwise the \
                HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client \
                and select the RESP protocol version at the same time";
            return Err(Rejection::new(ErrorCode::NoAuth, words).into());
        }
        None => {}
    }
    if let Some(name) = name {
        context.client.set_name(&name);
    }
    set_protocol(context, protocol);
    greet(context);
    Ok(Next::Go)
}

fn options(
    context: &Context,
    args: &Args<'_>,
) -> Result<(Option<Credentials>, Option<String>), Rejection> {
    let (mut login, mut name) = (None, None);
    let mut at = 2;
    while let Some(option) = args.get(at) {
        match (args.get(at + 1), args.get(at + 2)) {
            (Some(user), Some(secret)) if is_word(option, "AUTH") => {
                login = Some(login::credentials(context, user, secret)?);
                at += 3;
            }
            (Some(word), _) if is_word(option, "SETNAME") => {
                name = Some(client_name::parse(word)?);
                at += 2;
            }
            _ => {
                let option = String::from_utf8_lossy(option).replace(['\r', '\n'], " ");
                return Err(Rejection::err(format!("Syntax error in HELLO option '{option}'")));
            }
        }
    }
    Ok((login, name))
}

fn greet(context: &mut Context) {
    let proto = match context.replies.protocol() {
        Protocol::Resp2 => 2,
        Protocol::Resp3 => 3,
    };
    let id = i64::try_from(context.client.id()).unwrap_or(i64::MAX);
    let replies = &mut context.replies;
    replies.map(7);
    for (name, value) in [("server", "sluicegate"), ("version", REDIS_VERSION)] {
        replies.bulk(name.as_bytes());
        replies.bulk(value.as_bytes());
    }
    for (name, value) in [("proto", proto), ("id", id)] {
        replies.bulk(name.as_bytes());
        replies.integer(value);
    }
    for (name, value) in [("mode", "standalone"), ("role", "master")] {
        replies.bulk(name.as_bytes());
        replies.bulk(value.as_bytes());
    }
    replies.bulk(b"modules");
    replies.array(0);
}
