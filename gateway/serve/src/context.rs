//! What a command works with: the state of one client and what all clients share.
//!
//! A command's handler gets a `Context` and the request, nothing else, so that it can be tested
//! without a socket.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::BytesMut;
use tokio::time::Instant;

use crate::{
    clients::{ClientHandle, MonitorHandle, Peer},
    consumer::{GroupHandle, Membership},
    message::{Rejection, TopicName},
    resp::{Limits, Replies},
    services::Services,
};

mod burst; //         messages on their way, and how each is answered
mod identity; //      who the client is, and what it may do
mod monitor; //       its lines for clients that run MONITOR
mod slowlog; //       its slow commands
mod socket; //        its bytes
mod subscriptions; // what it listens to
mod transaction; //   commands that wait for EXEC
mod waiting; //       blocking, and what is written meanwhile

pub(crate) use burst::{
    BURST_BYTES_MAX, BURST_MESSAGES_MAX, Burst, Keep, PublishKey, Reply, Trim, TrimPoint,
};
pub(crate) use identity::Identity;
pub(crate) use socket::{Disconnect, Socket};
pub(crate) use subscriptions::{Subscriptions, channel_topic, confirm, unsubscribed};
pub(crate) use transaction::{Queue, Transaction};
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
}
