//! Which commands a connection admits, as its state and its login are.

use crate::{
    commands::{
        InTransaction, Keyspace, Registry, Request, WhileSubscribed,
        rejections::{unknown_command, wrong_arity},
    },
    context::{Context, ReplyMode},
    message::{ErrorCode, Rejection},
    resp::{Args, is_word},
};

/// The command, if there is one, its arguments are as many as it takes, and the client has
/// logged in where it must.
#[inline]
pub(super) fn admit<'a>(
    context: &Context,
    registry: &'static Registry,
    args: &Args<'a>,
) -> Result<Request<'a>, Rejection> {
    let found = registry.find(&args[0]);
    if context.identity.is_none() && !found.is_some_and(|found| found.spec.is_before_login()) {
        return Err(Rejection::new(ErrorCode::NoAuth, "Authentication required."));
    }
    let Some(command) = found else { return Err(unknown_command(args)) };
    if command.spec.takes(args.len()) {
        Ok(Request { args: *args, command, registry })
    } else {
        Err(wrong_arity(command.spec.name))
    }
}

/// True if a command means what it always means: it is not queued, refused or left unanswered.
pub(super) fn is_plain(context: &Context) -> bool {
    let hears_only = context.is_listening_only() || context.monitor.is_some();
    !context.transaction.is_open() && context.reply_mode == ReplyMode::On && !hears_only
}

/// What the state of the connection makes of a command: `None` lets it pass, otherwise it is
/// queued or refused.
pub(super) fn hold(context: &mut Context, request: &Request<'_>) -> Option<Result<(), Rejection>> {
    let spec = request.spec();
    if context.is_listening_only() && spec.while_subscribed == WhileSubscribed::Refused {
        context.transaction.spoil();
        return Some(Err(Rejection::err(format!(
            "Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET \
             are allowed in this context",
            spec.name.to_ascii_lowercase()
        ))));
    }
    // A client that runs MONITOR is a kind of replica to Redis.
    if context.monitor.is_some() && spec.keyspace == Keyspace::Touched {
        context.transaction.spoil();
        return Some(Err(Rejection::err("Replica can't interact with the keyspace")));
    }
    if !context.transaction.is_open() || matches!(spec.in_transaction, InTransaction::RunsAtOnce) {
        return None;
    }
    Some(queue(context, request))
}

fn queue(context: &mut Context, request: &Request<'_>) -> Result<(), Rejection> {
    if is_refused_in_transaction(request) {
        context.transaction.spoil();
        return Err(Rejection::err("Command not allowed inside a transaction"));
    }
    let count = context.transaction.add(&request.args, &context.limits)?;
    context.replies.simple("QUEUED");
    context.client.entry().note_queued(Some(count));
    Ok(())
}

fn is_refused_in_transaction(request: &Request<'_>) -> bool {
    match request.spec().in_transaction {
        InTransaction::Refused => true,
        InTransaction::RefusedSubcommands(names) => {
            let word = request.args.get(1);
            word.is_some_and(|word| names.iter().any(|name| is_word(word, name)))
        }
        InTransaction::Queued | InTransaction::RunsAtOnce => false,
    }
}

/// A request was refused before it came to anything: EXEC will refuse all, and an EXEC that is
/// wrong itself ends the transaction.
pub(super) fn spoil(context: &mut Context, name: &[u8], rejection: Rejection) -> Rejection {
    context.transaction.spoil();
    if context.identity.is_none() || !is_word(name, "EXEC") {
        return rejection;
    }
    context.transaction.discard();
    context.client.entry().note_queued(None);
    let words = format!("Transaction discarded because of: {}", rejection.public);
    Rejection::new(ErrorCode::ExecAbort, words)
}
