//! Decides about logins.

use std::{fmt, future::Future, pin::Pin, time::Duration};

use crate::{
    message::Credentials,
    pipeline::{AuthDecision, Pipeline},
};

/// A decision that is being made.
pub type DecisionFuture<'a> = Pin<Box<dyn Future<Output = AuthDecision> + Send + 'a>>;

/// Decides about logins. The gateway's is the [`Pipeline`] with the authenticators of its chain.
pub trait Authority: fmt::Debug + Send + Sync {
    /// Asks about one login. Dropping the future gives up the answer.
    fn decide(&self, login: Credentials) -> DecisionFuture<'_>;

    /// True if clients must log in.
    fn authenticates(&self) -> bool;

    /// How long a client waits for the decision.
    fn login_timeout(&self) -> Duration;
}

impl Authority for Pipeline {
    fn decide(&self, login: Credentials) -> DecisionFuture<'_> {
        Box::pin(self.authenticate(login))
    }

    fn authenticates(&self) -> bool {
        self.chain().authenticates()
    }

    fn login_timeout(&self) -> Duration {
        self.login_deadline()
    }
}
