//! What a command works with: the state of one client and what all clients share.
//!
//! A command's handler gets a `Context` and the request, nothing else, so that it can be tested
//! without a socket.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::BytesMut;
use tokio::time::Instant;

use crate::{
    broker::{Broker, TopicInfo},
    clients::{ClientHandle, MonitorHandle, Peer},
    consumer::{GroupHandle, Membership},
    message::{ErrorCode, Rejection, TopicName},
    pipeline::read_rejection,
    resp::{Limits, Protocol, Replies},
    services::Services,
};

mod burst; //         messages on their way, and how each is answered
mod identity; //      who the client is, and what it may do
mod listening; //     the client as a subscriber
mod login; //         logging in, and news about the login
mod monitor; //       its lines for clients that run MONITOR
mod publish; //       sending a burst
mod slowlog; //       its slow commands
mod socket; //        its bytes
mod subscriptions; // what it listens to
mod transaction; //   commands that wait for EXEC
mod trimming; //      deleting the oldest entries
mod waiting; //       blocking, and what is written meanwhile

pub(crate) use burst::{
    BURST_BYTES_MAX, BURST_MESSAGES_MAX, Burst, Keep, PublishKey, Reply, Trim, TrimPoint,
};
pub(crate) use identity::Identity;
pub(crate) use listening::{as_subscriber, set_protocol, subscribe_to_pattern};
pub(crate) use login::{leave_group, log_in, renew_login};
pub(crate) use monitor::{send_monitor_lines, stop_monitoring};
pub(crate) use publish::{answer_burst, check_value_size, flush_burst, publish_key, send_burst};
pub(crate) use slowlog::note_slow;
pub(crate) use socket::{Disconnect, IdleLimit, Socket};
pub(crate) use subscriptions::{Subscriptions, channel_topic, confirm, unsubscribed};
pub(crate) use transaction::{Queue, Transaction, without_multi};
pub(crate) use trimming::{partitions_of, reply_with_id, trim_partition, trim_scope};
pub(crate) use waiting::CommandError;

/// Replies are written before they pass this size, so that a long pipeline's replies take no more
/// memory than one reply may.
pub(crate) const REPLIES_FLUSH_BYTES: usize = 256 * 1024;

/// What happens to the connection after a request.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It goes on.
    Go,
    /// It ends once the replies are written.
    Close,
}

/// Which replies a client wants: CLIENT REPLY.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ReplyMode {
    /// All.
    #[default]
    On,
    /// All but that to the next command.
    SkipNext,
    /// None; messages of channels come all the same.
    Off,
}

/// The stream groups that a client uses, by group and topic.
pub(crate) type StreamGroupUses = HashMap<(String, TopicName), GroupHandle>;

/// A commit is answered within this time, as a publish is.
const COMMIT_WITHIN: Duration = Duration::from_millis(2_500);
/// Time of a commit where the commits before it used up their time.
const COMMIT_MIN: Duration = Duration::from_millis(100);

/// State of one connection, apart from its read buffer.
pub(crate) struct Context {
    pub(crate) services: Arc<Services>,
    /// Who the client is; `None` before login.
    pub(crate) identity: Option<Identity>,
    pub(crate) replies: Replies,
    pub(crate) burst: Burst,
    /// Its entry in the list of clients, removed when this is dropped.
    pub(crate) client: ClientHandle,
    /// Its membership in a consumer group, from the first MGET on.
    pub(crate) membership: Option<Membership>,
    pub(crate) subscriptions: Subscriptions,
    /// Set while the client runs MONITOR.
    pub(crate) monitor: Option<MonitorHandle>,
    /// Lines about its own commands, not yet sent to the clients that run MONITOR.
    pub(crate) monitor_lines: BytesMut,
    pub(crate) transaction: Transaction,
    pub(crate) reply_mode: ReplyMode,
    /// The consumer groups that it uses as stream groups.
    pub(crate) stream_groups: StreamGroupUses,
    /// The login is no longer valid: the connection ends.
    pub(crate) is_revoked: bool,
    /// When the current requests were read.
    pub(crate) read_at: Instant,
    /// How long the current command was blocked.
    pub(crate) waited: Duration,
    /// Request limits of an authenticated client, from the settings.
    pub(crate) limits: Limits,
    /// The connection's bytes. The last field: a client that sees its connection closed is off the
    /// list of clients by then.
    pub(crate) socket: Socket,
}

impl Context {
    pub(crate) fn new(services: Arc<Services>, peer: Peer, socket: Socket) -> Self {
        let client = services.registry.register(peer);
        let identity = Identity::open(&services);
        let limits = services.settings.limits;
        let subscriptions = Subscriptions::new(Arc::clone(&services.channels));
        Self {
            services,
            identity,
            replies: Replies::new(),
            burst: Burst::default(),
            client,
            membership: None,
            subscriptions,
            monitor: None,
            monitor_lines: BytesMut::new(),
            transaction: Transaction::default(),
            reply_mode: ReplyMode::default(),
            stream_groups: StreamGroupUses::new(),
            is_revoked: false,
            read_at: Instant::now(),
            waited: Duration::ZERO,
            limits,
            socket,
        }
    }

    /// Sends an error; what only the operator may read goes to the log.
    pub(crate) fn refuse(&mut self, rejection: Rejection) {
        self.services.counters.commands_refused.add(1);
        self.replies.error(&rejection);
        if let Some(private) = rejection.private {
            tracing::debug!(
                client = self.client.id(),
                error = format!("{private:#}"),
                "request refused"
            );
        }
    }

    /// Unix milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.services.clock.now_ms()
    }

    /// When a commit is to be answered. Commits that were sent together share their time: the last
    /// is answered in time too.
    pub(crate) fn commit_deadline(&self) -> Instant {
        (self.read_at + COMMIT_WITHIN).max(Instant::now() + COMMIT_MIN)
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

    /// Is it a subscriber that speaks RESP2? There a message cannot be told from a reply, so that it
    /// may send few commands.
    pub(crate) fn is_listening_only(&self) -> bool {
        self.replies.protocol() == Protocol::Resp2 && self.subscriptions.len() > 0
    }

    /// Shows in the list of clients how much it listens to.
    pub(crate) fn note_subscriptions(&self) {
        self.client.entry().note_subscriptions(self.subscriptions.counts());
    }
}
