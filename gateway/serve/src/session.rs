//! One client, one task: next request, its answer, in order.
//!
//! All complete requests of a read are handled together and their replies leave in one write.
//! Messages that a client publishes one after the other are gathered into a burst, which goes
//! through the pipeline as one; every other command first waits for the burst before it, so that
//! replies keep the order of the requests.

use std::{sync::Arc, time::Duration};

use bytes::BytesMut;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    time::Instant,
};

use crate::resp::{Decoder, Limits, Replies};

mod answer;
mod client;
mod connection;
mod databus;
mod delete;
mod describe;
mod explain;
mod generic;
mod groups;
mod identity;
mod listening;
mod memory;
mod monitor;
mod plugins;
mod publish;
mod pubsub;
mod range;
mod read;
mod registry;
mod requests;
mod server;
mod services;
mod slowlog;
mod socket;
mod streams;
mod topic;
mod transaction;
mod trim;
mod waiting;
mod xinfo;

pub(crate) use publish::{BURST_BYTES_MAX, BURST_MESSAGES_MAX};
pub use registry::{Peer, Registry};
pub use services::{Services, SessionSettings};

use client::Voice;
use identity::Identity;
use listening::Listening;
use monitor::Watching;
use publish::Burst;
use registry::{Card, Order};
use socket::{Ended, Socket};
use transaction::Transaction;

/// Replies are written before they pass this size, so that a long pipeline's replies take no more
/// memory than one reply may.
const REPLIES_FLUSH_BYTES: usize = 256 * 1024;

/// What happens to the connection after a request.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// It goes on.
    Go,
    /// It ends once the replies are written.
    Close,
}

/// State of one connection, apart from its socket and read buffer.
struct Session {
    services: Arc<Services>,
    /// Who the client is; `None` before login.
    identity: Option<Identity>,
    replies: Replies,
    burst: Burst,
    /// How the client shows in CLIENT LIST; taken off the list when dropped.
    card: Card,
    /// Its part in a consumer group, from the first MGET on.
    membership: Option<crate::consumer::Membership>,
    /// What it listens to.
    listening: Listening,
    /// Its place among those who see the commands of all.
    watching: Option<Watching>,
    /// Its commands, as those will see them next.
    shown: BytesMut,
    /// Commands that wait for EXEC.
    transaction: Transaction,
    /// Which replies the client wants.
    voice: Voice,
    /// The consumer groups that it has read as streams, by group and topic.
    streams: groups::StreamUses,
    /// The login does not hold any more: the connection ends.
    is_revoked: bool,
    /// When the requests in hand were read.
    read_at: Instant,
    /// How long the command in hand was blocked, waiting for what it asked for.
    waited: Duration,
    /// Request limits of an authenticated client, from the settings.
    limits: Limits,
}

/// Serves one client until it leaves, is sent away, or the gateway drains.
pub async fn run<S>(services: Arc<Services>, stream: S, peer: Peer, stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let settings = services.settings.clone();
    let mut socket = Socket::new(stream, stop, &settings);
    let mut session = Session::new(services, peer);
    let ended = session.serve(&mut socket).await;
    match ended {
        Ended::TimedOut => session.services.counters.connections_timed_out.add(1),
        Ended::CutOff(cut) => {
            session.services.counters.subscribers_cut.add(1);
            tracing::warn!(client = session.card.id(), reason = ?cut, "subscriber cut off");
        }
        Ended::Closed | Ended::Draining | Ended::Killed => {}
    }
    tracing::debug!(client = session.card.id(), reason = ?ended, "session closed");
}

impl Session {
    fn new(services: Arc<Services>, peer: Peer) -> Self {
        let card = services.registry.register(peer);
        let identity = services.open_identity();
        let limits = services.settings.limits;
        let burst = Burst::default();
        let replies = Replies::new();
        let listening = Listening::new(Arc::clone(&services.channels));
        Self {
            services,
            identity,
            replies,
            burst,
            card,
            membership: None,
            listening,
            watching: None,
            shown: BytesMut::new(),
            transaction: Transaction::default(),
            voice: Voice::default(),
            streams: groups::StreamUses::new(),
            is_revoked: false,
            read_at: Instant::now(),
            waited: Duration::ZERO,
            limits,
        }
    }

    async fn serve<S>(&mut self, socket: &mut Socket<S>) -> Ended
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        let mut decoder = Decoder::new();
        let mut buffer = BytesMut::new();
        loop {
            let next = self.handle_all(&mut decoder, &mut buffer, socket).await;
            let next = match next {
                Ok(next) => next,
                Err(ended) => return ended,
            };
            if next == Next::Close {
                // Its own order to end it must not keep a client from reading the answer.
                self.services.counters.bytes_sent.add(self.replies.len() as u64);
                let written = socket.write(&mut self.replies).await;
                socket.finish().await;
                return written.err().unwrap_or(Ended::Closed);
            }
            if let Err(ended) = self.wait_for_requests(socket, &mut buffer).await {
                return ended;
            }
        }
    }

    /// Writes what there is to write, then waits for the client, or for what concerns it.
    async fn wait_for_requests<S>(
        &mut self,
        socket: &mut Socket<S>,
        buffer: &mut BytesMut,
    ) -> Result<(), Ended>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        self.write_messages(socket).await?;
        if self.card.client().ordered() == Some(Order::Kill) {
            return Err(Ended::Killed);
        }
        self.card.client().note_unhandled(buffer.len());
        let listens = self.listening.len() > 0 || self.watching.is_some();
        let bell = (&**self.card.bell(), listens);
        socket.read(buffer, self.identity.as_mut(), bell).await
    }
}
