//! One subscription of a channel.

use std::sync::Arc;

use super::{end_offsets::EndOffsets, subscriber::Subscriber};

/// The kind of command that made a subscription; it decides the form of its messages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubscriptionKind {
    /// SUBSCRIBE
    Channel,
    /// SSUBSCRIBE
    Shard,
    /// PSUBSCRIBE, with this pattern
    Pattern(Arc<[u8]>),
}

/// One subscription.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) subscriber: Arc<Subscriber>,
    /// Records below were stored before it was made.
    pub(super) from: EndOffsets,
}

/// Tells the subscriptions of a channel apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SubscriptionKey {
    /// Id of the subscriber.
    pub(super) subscriber: u64,
    pub(super) kind: SubscriptionKind,
}
