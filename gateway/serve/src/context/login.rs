//! Login of a client, and what changes with it.

use super::{Context, Identity, listening::restrict_subscriptions, monitor::recheck_monitoring};
use crate::{
    login::Login,
    message::{Credentials, ErrorCode, Rejection},
};

/// Logs in. The identity before and its membership of groups end if that succeeds.
pub(crate) async fn log_in(
    context: &mut Context,
    credentials: Credentials,
) -> Result<(), Rejection> {
    let login = context.services.logins.log_in(credentials).await?;
    become_client(context, login)
}

fn become_client(context: &mut Context, login: Login) -> Result<(), Rejection> {
    let cluster = context.services.cluster_of(login.grant())?;
    leave_group(context);
    context.burst.forget_key();
    context.client.set_user(&login.grant().principal);
    context.identity = Some(Identity::new(login, cluster));
    restrict_subscriptions(context);
    recheck_monitoring(context);
    Ok(())
}

/// Ends the client's membership of consumer groups.
pub(crate) fn leave_group(context: &mut Context) {
    context.membership = None;
    context.stream_groups.clear();
    context.client.set_group("");
}

/// Takes up news about the login, if there is any.
///
/// # Errors
/// As [`renew_login`].
pub(super) fn renew_login_if_changed(context: &mut Context) -> Result<(), Rejection> {
    let has_changed = context.identity.as_ref().is_some_and(Identity::has_changed);
    if has_changed { renew_login(context) } else { Ok(()) }
}

/// Takes up the news about the login.
///
/// # Errors
/// The login is no longer valid. The client gets this error, then its connection ends.
pub(crate) fn renew_login(context: &mut Context) -> Result<(), Rejection> {
    let Some(mut identity) = context.identity.take() else { return Ok(()) };
    let renewed = match identity.update() {
        Ok(false) => {
            context.identity = Some(identity);
            return Ok(());
        }
        Ok(true) => become_client(context, identity.into_login()),
        Err(rejection) => Err(rejection),
    };
    renewed.map_err(|why| {
        leave_group(context);
        context.is_revoked = true;
        context.services.counters.logins_ended.add(1);
        tracing::info!(client = context.client.id(), reason = %why, "login ended");
        let words = "connection closed by databus: the login is not valid any more";
        Rejection::new(ErrorCode::NoAuth, words)
    })
}
