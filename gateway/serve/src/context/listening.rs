//! A client as a subscriber, and what another login leaves of its subscriptions.

use std::sync::Arc;

use super::{
    Context,
    subscriptions::{confirm, unsubscribed},
};
use crate::{
    channels::{Subscriber, SubscriptionKind},
    message::Rejection,
    pipeline::read_rejection,
    resp::Protocol,
};

/// This connection as a subscriber.
pub(crate) fn as_subscriber(context: &mut Context) -> Result<Arc<Subscriber>, Rejection> {
    if let Some(subscriber) = context.subscriptions.subscriber() {
        return Ok(Arc::clone(subscriber));
    }
    let (id, notify) = (context.client.id(), Arc::clone(context.client.notify()));
    let principal = Arc::clone(context.identity()?.principal());
    let subscriber = context.services.channels.subscriber(id, notify, Arc::clone(&principal));
    // Nothing can wait for it yet.
    subscriber.set_protocol(context.replies.protocol());
    context.client.entry().note_subscriber(&subscriber);
    context.subscriptions.set_subscriber(Arc::clone(&subscriber));
    Ok(subscriber)
}

/// Changes the protocol version. Messages that wait in the old one are sent first.
pub(crate) fn set_protocol(context: &mut Context, protocol: Protocol) {
    if let Some(subscriber) = context.subscriptions.subscriber() {
        let waiting = subscriber.set_protocol(protocol);
        waiting.iter().for_each(|bytes| context.replies.encoded(bytes));
    }
    context.replies.set_protocol(protocol);
    context.client.entry().note_protocol(protocol);
}

/// Ends the subscriptions that another login does not allow, and tells the client.
pub(super) fn restrict_subscriptions(context: &mut Context) {
    let (Some(identity), Some(subscriber)) =
        (&context.identity, context.subscriptions.subscriber())
    else {
        return;
    };
    subscriber.set_principal(Arc::clone(identity.principal()));
    if context.subscriptions.len() == 0 {
        return;
    }
    let (cluster, grant) = (identity.cluster.index, Arc::new(identity.grant().clone()));
    for (kind, name, left) in context.subscriptions.restrict(cluster, &grant) {
        confirm(&mut context.replies, unsubscribed(&kind), Some(&name), left);
    }
    context.note_subscriptions();
}

/// Subscribes to a pattern, or again as far as the login allows now.
pub(crate) async fn subscribe_to_pattern(
    context: &mut Context,
    pattern: &Arc<[u8]>,
) -> Result<(), Rejection> {
    let identity = context.identity()?;
    let (cluster, grant) = (identity.cluster.clone(), Arc::new(identity.grant().clone()));
    let subscriber = as_subscriber(context)?;
    // Before the wait: a client that goes away meanwhile leaves nothing behind.
    context.subscriptions.add_pattern(&cluster, Arc::clone(pattern));
    let channels = Arc::clone(&context.services.channels);
    let listened = channels.psubscribe(&subscriber, &cluster, pattern, &grant).await;
    listened.map_err(|error| {
        context.subscriptions.unsubscribe_pattern(pattern);
        read_rejection(error)
    })
}

/// Subscribes to topics that match patterns since the login allows more.
pub(super) async fn renew_patterns(context: &mut Context) {
    if !context.subscriptions.take_renewal() {
        return;
    }
    for pattern in context.subscriptions.patterns().clone() {
        if let Err(rejection) = subscribe_to_pattern(context, &pattern).await {
            // The client learns that the pattern is not subscribed to any more.
            let kind = SubscriptionKind::Pattern(Arc::clone(&pattern));
            let left = context.subscriptions.count(&kind);
            confirm(&mut context.replies, unsubscribed(&kind), Some(&pattern), left);
            let client = context.client.id();
            tracing::debug!(client, error = %rejection, "pattern not listened to any more");
        }
    }
    context.note_subscriptions();
}
