//! What commands about channels share: a limit and an explanation.

use crate::{context::Context, message::Rejection};

/// Most channels and patterns of one connection: each takes memory here.
const SUBSCRIPTIONS_MAX: usize = 10_000;

/// What EXPLAIN says about every subscription.
pub(super) const EXPLAINED: &str = "nothing that is stored already would be sent; what is stored \
     from then on would be, as far as plugins let it pass";

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
