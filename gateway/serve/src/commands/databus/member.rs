//! Logins that are bound to a topic, and their membership of its consumer group.

use crate::{
    context::Context,
    message::{Binding, ErrorCode, Rejection, StartAt},
    pipeline::read_rejection,
};

/// The topic that the client's login is bound to.
///
/// # Errors
/// It is bound to none.
pub(super) fn binding(context: &Context) -> Result<&Binding, Rejection> {
    context.identity()?.grant().binding.as_ref().ok_or_else(not_bound)
}

/// The same, for a client that may consume.
///
/// # Errors
/// It is bound to none, or may not consume.
pub(super) fn consumer_binding(context: &Context) -> Result<&Binding, Rejection> {
    let binding = binding(context)?;
    if binding.consumes { Ok(binding) } else { Err(no_permission("no subscribe permission")) }
}

/// The error for databus commands of a client whose login has no topic.
pub(super) fn not_bound() -> Rejection {
    Rejection::err(
        "command not support: this login has no bound topic, log in with a databus DSN or use XADD and XREAD",
    )
}

/// The error for a client that may not publish.
pub(in crate::commands) fn no_publishing(context: &Context) -> Rejection {
    match binding(context) {
        Ok(_) => no_permission("no publish permission"),
        Err(rejection) => rejection,
    }
}

fn no_permission(words: &'static str) -> Rejection {
    Rejection::new(ErrorCode::NoPerm, words)
}

/// Makes the client a member of its group, if it is none yet.
pub(super) fn join(context: &mut Context) -> Result<(), Rejection> {
    let topic = binding(context)?.topic.clone();
    context.check_consume(&topic)?;
    if context.membership.is_none() {
        let identity = context.identity()?;
        let (cluster, group) = (&identity.cluster, &identity.grant().group);
        let joined = context.services.groups.join(cluster, group, &topic);
        let joined = joined.map_err(read_rejection)?;
        context.client.set_group(group);
        context.membership = Some(joined);
    }
    Ok(())
}

/// Where a group without a committed offset starts: as the grant says, else as the settings say.
pub(super) fn start_at(context: &Context, of_grant: StartAt) -> StartAt {
    match of_grant {
        StartAt::Configured => context.services.settings.databus.start_at,
        StartAt::Oldest | StartAt::Newest | StartAt::Offset(_) | StartAt::Timestamp(_) => of_grant,
    }
}
