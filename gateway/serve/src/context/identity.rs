//! Who a client is: its grant, and until when it holds.

use std::sync::Arc;

use super::Context;
use crate::{
    broker::{Broker, Cluster, TopicInfo},
    clock::Clock,
    login::Login,
    message::{Credentials, ErrorCode, Grant, Rejection, TopicName},
    pipeline::read_rejection,
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

impl Context {
    /// Unix milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.services.clock.now_ms()
    }

    /// Logs in; the identity before, and its part in a group, end with the answer `Ok`.
    pub(crate) async fn log_in(&mut self, credentials: Credentials) -> Result<(), Rejection> {
        let login = self.services.logins.log_in(credentials).await?;
        self.become_client(login)
    }

    fn become_client(&mut self, login: Login) -> Result<(), Rejection> {
        let cluster = self.services.cluster_of(login.grant())?;
        self.leave_group();
        self.burst.forget_key();
        self.client.set_user(&login.grant().principal);
        self.identity = Some(Identity::new(login, cluster));
        self.restrict_subscriptions();
        self.recheck_monitoring();
        Ok(())
    }

    /// Ends the client's part in consumer groups.
    pub(crate) fn leave_group(&mut self) {
        self.membership = None;
        self.stream_groups.clear();
        self.client.set_group("");
    }

    /// Takes up news about the login, if there is any.
    ///
    /// # Errors
    /// As [`Context::renew`].
    pub(crate) fn renew_if_changed(&mut self) -> Result<(), Rejection> {
        let has_changed = self.identity.as_ref().is_some_and(Identity::has_changed);
        if has_changed { self.renew() } else { Ok(()) }
    }

    /// Takes up the news about the login.
    ///
    /// # Errors
    /// The login does not hold any more: the client is told so, and the connection ends.
    pub(crate) fn renew(&mut self) -> Result<(), Rejection> {
        let Some(mut identity) = self.identity.take() else { return Ok(()) };
        let renewed = match identity.login.update() {
            Ok(false) => {
                self.identity = Some(identity);
                return Ok(());
            }
            Ok(true) => self.become_client(identity.login),
            Err(rejection) => Err(rejection),
        };
        renewed.map_err(|why| {
            self.leave_group();
            self.is_revoked = true;
            self.services.counters.logins_ended.add(1);
            tracing::info!(client = self.client.id(), reason = %why, "login ended");
            let words = "connection closed by databus: the login is not valid any more";
            Rejection::new(ErrorCode::NoAuth, words)
        })
    }

    /// The client's identity; every command but a few is admitted only with one.
    pub(crate) fn identity(&self) -> Result<&Identity, Rejection> {
        let refusal = || Rejection::new(ErrorCode::NoAuth, "Authentication required.");
        self.identity.as_ref().ok_or_else(refusal)
    }

    /// The broker behind this client.
    pub(crate) fn broker(&self) -> Result<&Arc<dyn Broker>, Rejection> {
        Ok(&self.identity()?.cluster.broker)
    }

    /// A topic of the client's cluster, asked for where it is not known here yet.
    pub(crate) async fn find_topic(
        &self,
        name: &TopicName,
    ) -> Result<Option<TopicInfo>, Rejection> {
        let broker = self.broker()?;
        match broker.topic(name.as_str()) {
            Some(topic) => Ok(Some(topic)),
            None => broker.look_up(name).await.map_err(read_rejection),
        }
    }

    pub(crate) fn check_publish(&self, topic: &TopicName) -> Result<(), Rejection> {
        if !topic.is_internal() && self.identity()?.grant().may_publish(topic.as_str()) {
            return Ok(());
        }
        Err(Rejection::new(ErrorCode::NoPerm, "no publish permission on this topic"))
    }

    pub(crate) fn check_consume(&self, topic: &TopicName) -> Result<(), Rejection> {
        if !topic.is_internal() && self.identity()?.grant().may_consume(topic.as_str()) {
            return Ok(());
        }
        Err(Rejection::new(ErrorCode::NoPerm, "no subscribe permission on this topic"))
    }

    /// Does `TOPIC LIST` show the topic, and does DEL count it?
    pub(crate) fn may_manage(&self, topic: &TopicName) -> Result<bool, Rejection> {
        let grant = self.identity()?.grant();
        Ok(!topic.is_internal() && (grant.admin || grant.may_use(topic.as_str())))
    }

    pub(crate) fn check_admin(&self) -> Result<(), Rejection> {
        if self.identity()?.grant().admin {
            return Ok(());
        }
        Err(Rejection::new(ErrorCode::NoPerm, "this command needs a login with admin rights"))
    }
}
