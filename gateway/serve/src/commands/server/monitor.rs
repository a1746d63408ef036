//! MONITOR.

use crate::{
    clients::MonitorHandle,
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next, as_subscriber},
    message::Rejection,
};

pub(super) static SPEC: Spec = Spec {
    name: "MONITOR",
    arity: 1,
    family: Family::Server,
    summary: "Shows the commands of all clients as they come.",
    flags: "admin noscript loading stale",
    categories: "admin slow dangerous",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Admin,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Hidden,
    explain: Explain::Refused,
    run: Handler::Sync(run),
};

fn run(context: &mut Context, _request: &Request<'_>) -> Outcome {
    context.check_admin()?;
    if context.transaction.is_running() {
        return Err(Rejection::err("MONITOR isn't allowed for DENY BLOCKING client").into());
    }
    // As in Redis, the second one is not even answered.
    if context.monitor.is_none() {
        let subscriber = as_subscriber(context)?;
        context.monitor = Some(MonitorHandle::begin(&context.services.monitors, subscriber));
        context.client.entry().note_monitoring(true);
        context.replies.ok();
    }
    Ok(Next::Go)
}
