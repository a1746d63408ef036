//! From a request to its handler.

use super::spec::{Added, Handler, Publishing, Request, Spec};
use crate::{
    clients::Interrupt,
    context::{CommandError, Context, Disconnect, Identity, Next, Reply},
};

/// Answers a command that was admitted and does not publish.
pub(crate) async fn answer(
    context: &mut Context,
    request: &Request<'_>,
) -> Result<Next, Disconnect> {
    let outcome = match request.spec().run {
        Handler::AtOnce(run) | Handler::Sync(run) => run(context, request),
        Handler::Async(run) => run(context, request).await,
    };
    let next = match outcome {
        Ok(next) => next,
        Err(CommandError::Rejected(rejection)) => {
            context.refuse(rejection);
            Next::Go
        }
        Err(CommandError::Disconnect(disconnect)) => return Err(disconnect),
    };
    context.client.unblock();
    // A login may end while its client waits for messages, and CLIENT KILL may mean the sender.
    let is_killed = context.client.entry().interrupt() == Some(Interrupt::Kill);
    Ok(if context.is_revoked || is_killed { Next::Close } else { next })
}

/// Does the command publish, for this client?
#[inline]
fn publishes(context: &Context, spec: &Spec) -> bool {
    match spec.publishing {
        Publishing::Never => false,
        Publishing::Always(_) => true,
        Publishing::IfBound(_) => {
            let grant = context.identity.as_ref().map(Identity::grant);
            let binding = grant.and_then(|grant| grant.binding.as_ref());
            binding.is_some_and(|binding| binding.publishes)
        }
    }
}

/// Adds the message of a publishing command to the burst; false if the burst is full, or the
/// command does not publish after all.
#[inline]
pub(crate) fn add_to_burst(context: &mut Context, request: &Request<'_>) -> bool {
    let (Publishing::Always(add) | Publishing::IfBound(add)) = request.spec().publishing else {
        return false;
    };
    if !publishes(context, request.spec()) || context.burst.is_full() {
        return false;
    }
    match add(context, &request.args) {
        Ok(Added::Joined(reply)) => context.burst.note_reply(reply),
        Ok(Added::NotPublishing) => return false,
        Err(rejection) => context.burst.note_reply(Reply::Refused(Box::new(rejection))),
    }
    true
}
