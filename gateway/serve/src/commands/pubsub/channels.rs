//! What commands about channels share: names and limits.

use crate::{
    context::Context,
    message::{Rejection, TopicName},
};

/// Most channels and patterns of one connection: each takes memory here.
const SUBSCRIPTIONS_MAX: usize = 10_000;

/// What EXPLAIN says about every subscription.
pub(super) const EXPLAINED: &str = "nothing that is stored already would be sent; what is stored \
     from then on would be, as far as plugins let it pass";

/// The topic behind a channel.
///
/// # Errors
/// The name is not that of a topic.
pub(super) fn topic(channel: &[u8]) -> Result<TopicName, Rejection> {
    TopicName::new(channel)
        .map_err(|error| Rejection::err(format!("a channel is a topic: {error}")))
}

/// May the connection have so many more subscriptions?
///
/// # Errors
/// They would be too many.
pub(super) fn check_room(context: &Context, more: usize) -> Result<(), Rejection> {
    if context.subscriptions.len() + more <= SUBSCRIPTIONS_MAX {
        return Ok(());
    }
    let words = format!("too many subscriptions: a connection may have {SUBSCRIPTIONS_MAX}");
    Err(Rejection::err(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_has_the_name_of_a_topic() {
        assert_eq!(topic(b"orders").unwrap().as_str(), "orders");
        let refused = topic(b"no topic").unwrap_err().to_string();
        assert!(refused.contains("a channel is a topic: "), "{refused}");
    }
}
