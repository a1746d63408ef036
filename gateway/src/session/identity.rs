//! Who a client is: its grant, and until when it holds.

use std::{sync::Arc, time::Instant};

use super::Session;
use crate::{
    broker::{Broker, Cluster, TopicInfo},
    message::{Credentials, ErrorCode, Grant, Rejection, TopicName},
    pipeline::read_refusal,
    plugin::CallContext,
};

/// A logged-in client.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) grant: Grant,
    /// Where its messages go and come from.
    pub(super) cluster: Cluster,
    principal: Arc<str>,
    ends: Option<Instant>,
    /// For asking again when the grant ends; never shown.
    credentials: Option<Credentials>,
}

impl Identity {
    pub(super) fn new(grant: Grant, cluster: Cluster, credentials: Option<Credentials>) -> Self {
        let ends = grant.holds_for.map(|time| Instant::now() + time);
        Self { principal: Arc::from(grant.principal.as_str()), grant, cluster, ends, credentials }
    }

    pub(super) fn has_expired(&self) -> bool {
        self.ends.is_some_and(|ends| ends <= Instant::now())
    }

    /// What plugins learn about the client and the time.
    pub(super) fn context(&self) -> CallContext {
        CallContext { principal: Arc::clone(&self.principal), timestamp_ms: now_ms() }
    }
}

/// Unix milliseconds.
pub(crate) fn now_ms() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl Session {
    /// Logs in; the identity before, and its part in a group, end with the answer `Ok`.
    pub(super) async fn log_in(&mut self, credentials: Credentials) -> Result<(), Rejection> {
        let grant = self.services.pipeline.authenticate(credentials.clone()).await?;
        let cluster = self.services.cluster_of(&grant)?;
        self.leave_group();
        self.burst.forget_key();
        self.card.set_user(&grant.principal);
        self.identity = Some(Identity::new(grant, cluster, Some(credentials)));
        Ok(())
    }

    /// Asks again for a grant that has ended. A client that is refused has to log in anew.
    pub(super) async fn renew(&mut self) -> Result<(), Rejection> {
        self.burst.forget_key();
        let Some(identity) = self.identity.take() else { return Ok(()) };
        let Some(credentials) = identity.credentials else { return Ok(()) };
        let grant = match self.services.pipeline.authenticate(credentials.clone()).await {
            Ok(grant) => grant,
            Err(rejection) => {
                self.leave_group();
                return Err(rejection);
            }
        };
        if grant != identity.grant {
            self.leave_group();
        }
        let cluster = self.services.cluster_of(&grant)?;
        self.identity = Some(Identity::new(grant, cluster, Some(credentials)));
        Ok(())
    }

    /// The client's identity; every command but a few is admitted only with one.
    pub(super) fn identity(&self) -> Result<&Identity, Rejection> {
        let refusal = || Rejection::new(ErrorCode::NoAuth, "Authentication required.");
        self.identity.as_ref().ok_or_else(refusal)
    }

    /// The broker behind this client.
    pub(super) fn broker(&self) -> Result<&Arc<dyn Broker>, Rejection> {
        Ok(&self.identity()?.cluster.broker)
    }

    /// A topic of the client's cluster, asked for where it is not known here yet.
    pub(super) async fn find_topic(
        &self,
        name: &TopicName,
    ) -> Result<Option<TopicInfo>, Rejection> {
        let broker = self.broker()?;
        match broker.topic(name.as_str()) {
            Some(topic) => Ok(Some(topic)),
            None => broker.look_up(name).await.map_err(read_refusal),
        }
    }

    pub(super) fn check_publish(&self, topic: &TopicName) -> Result<(), Rejection> {
        if self.identity()?.grant.may_publish(topic.as_str()) {
            return Ok(());
        }
        Err(Rejection::new(ErrorCode::NoPerm, "no publish permission on this topic"))
    }

    pub(super) fn check_consume(&self, topic: &TopicName) -> Result<(), Rejection> {
        if self.identity()?.grant.may_consume(topic.as_str()) {
            return Ok(());
        }
        Err(Rejection::new(ErrorCode::NoPerm, "no subscribe permission on this topic"))
    }

    pub(super) fn check_admin(&self) -> Result<(), Rejection> {
        if self.identity()?.grant.admin {
            return Ok(());
        }
        Err(Rejection::new(ErrorCode::NoPerm, "this command needs a login with admin rights"))
    }
}
