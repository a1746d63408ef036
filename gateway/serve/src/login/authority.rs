//! Whoever decides about logins.

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use crate::{
    message::{Credentials, Grant, Rejection},
    pipeline::Pipeline,
};

/// What came of asking about one login.
#[derive(Debug)]
pub enum Decision {
    /// It is allowed this.
    Granted {
        /// What the client may do.
        grant: Grant,
        /// The authenticator that says so.
        by: Arc<str>,
    },
    /// The answer is no.
    Refused(Rejection),
    /// The authenticator whose turn it is cannot answer.
    Unavailable {
        /// Which one.
        by: Arc<str>,
        /// Why, for the operator.
        why: String,
        /// How long its last good answer may serve meanwhile; `None`: not at all.
        last_good: Option<Duration>,
    },
}

/// A question under way.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Decision> + Send + 'a>>;

/// Decides about logins. The gateway's is the [`Pipeline`] with the authenticators of its chain.
pub trait Authority: fmt::Debug + Send + Sync {
    /// Asks about one login. Dropping the future gives up the answer.
    fn decide(&self, login: Credentials) -> Asking<'_>;

    /// Must clients log in at all?
    fn authenticates(&self) -> bool;

    /// How long a client waits for the decision.
    fn patience(&self) -> Duration;
}

impl Authority for Pipeline {
    fn decide(&self, login: Credentials) -> Asking<'_> {
        Box::pin(self.authenticate(login))
    }

    fn authenticates(&self) -> bool {
        self.chain().authenticates()
    }

    fn patience(&self) -> Duration {
        self.login_deadline()
    }
}
