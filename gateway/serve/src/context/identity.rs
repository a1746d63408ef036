//! Who a client is: its grant, and until when it holds.

use std::sync::Arc;

use crate::{
    broker::Cluster,
    clock::Clock,
    login::Login,
    message::{Grant, Rejection},
    plugin::CallContext,
    services::Services,
};

/// A logged-in client.
#[derive(Debug)]
pub(crate) struct Identity {
    login: Login,
    /// Where its messages go and come from.
    pub(crate) cluster: Cluster,
    principal: Arc<str>,
}

impl Identity {
    /// The identity of a client that need not log in; `None` where it must.
    pub(crate) fn open(services: &Services) -> Option<Self> {
        let cluster = services.pipeline.clusters().default().clone();
        services.open_login().map(|login| Self::new(login, cluster))
    }

    pub(crate) fn new(login: Login, cluster: Cluster) -> Self {
        Self { principal: Arc::from(login.grant().principal.as_str()), login, cluster }
    }

    /// The same client, with another broker behind it.
    pub(crate) fn with(&self, cluster: Cluster) -> Self {
        Self { login: self.login.clone(), cluster, principal: Arc::clone(&self.principal) }
    }

    /// What the client may do.
    pub(crate) fn grant(&self) -> &Grant {
        self.login.grant()
    }

    /// Takes up the news about the login; false if there is none.
    ///
    /// # Errors
    /// The login does not hold any more.
    pub(super) fn update(&mut self) -> Result<bool, Rejection> {
        self.login.update()
    }

    /// The login alone.
    pub(super) fn into_login(self) -> Login {
        self.login
    }

    /// Is there news about the login?
    pub(crate) fn has_changed(&self) -> bool {
        self.login.has_changed()
    }

    /// Waits for news about the login.
    pub(crate) async fn changed(&mut self) {
        self.login.changed().await;
    }

    /// Who it is.
    pub(crate) fn principal(&self) -> &Arc<str> {
        &self.principal
    }

    /// What plugins learn about the client and the time.
    pub(crate) fn context(&self, clock: Clock) -> CallContext {
        CallContext { principal: Arc::clone(&self.principal), timestamp_ms: clock.now_ms() }
    }
}
