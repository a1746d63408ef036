//! RESET.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{
        Context, Identity, Next, ReplyMode, Transaction, leave_group, set_protocol, stop_monitoring,
    },
    message::DEFAULT_USER,
    resp::Protocol,
};

pub(super) static SPEC: Spec = Spec {
    name: "RESET",
    arity: 1,
    family: Family::Connection,
    summary: "Puts the connection back to its beginning.",
    flags: "noscript loading stale fast no_auth allow_busy",
    categories: "fast connection",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Allowed,
    in_transaction: InTransaction::RunsAtOnce,
    while_subscribed: WhileSubscribed::Allowed,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::Refused,
    run: Handler::Sync(run),
};

/// Back to RESP2, without name, subscriptions and transaction, with the login of a new connection.
fn run(context: &mut Context, _request: &Request<'_>) -> Outcome {
    context.subscriptions.unsubscribe_all();
    context.note_subscriptions();
    stop_monitoring(context);
    context.transaction = Transaction::default();
    context.client.entry().note_queued(None);
    context.reply_mode = ReplyMode::On;
    set_protocol(context, Protocol::Resp2);
    context.identity = Identity::open(&context.services);
    context.burst.forget_key();
    leave_group(context);
    context.client.set_name("");
    context.client.set_user(DEFAULT_USER);
    context.replies.simple("RESET");
    Ok(Next::Go)
}
