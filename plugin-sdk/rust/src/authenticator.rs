//! Plugins that say who a client is.

use crate::Plugin;

pub use crate::bindings::authenticator::{Binding, Credentials, Denial, Grant, StartAt};

/// Says who a client is and what it may do.
///
/// Asked at AUTH and HELLO, one authenticator after the other until one does not answer
/// [`Denial::NotMine`]. A call may take up to the authenticator's own time limit (default 2 s); a
/// panic denies this login only.
pub trait Authenticator: Plugin {
    /// Decides about one login. Compare secrets in constant time and never log them.
    ///
    /// # Errors
    /// Why there is no grant; each variant says what the client gets.
    fn authenticate(&mut self, login: &Credentials) -> Result<Grant, Denial>;
}

impl Grant {
    /// A client that is known and may do nothing yet; its consumer group has its own name.
    pub fn new(principal: impl Into<String>) -> Self {
        let principal = principal.into();
        Self {
            group: principal.clone(),
            principal,
            publish: Vec::new(),
            consume: Vec::new(),
            admin: false,
            cluster: None,
            binding: None,
            holds_for_secs: None,
        }
    }
}
