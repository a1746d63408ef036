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

use crate::{
    command::{self, Command, Spec},
    message::{ErrorCode, Rejection},
    resp::{Args, Decoder, Limits, Replies, Scan},
};

mod answer;
mod connection;
mod databus;
mod delete;
mod describe;
mod gateway;
mod generic;
mod groups;
mod identity;
mod info;
mod memory;
mod publish;
mod pubsub;
mod range;
mod read;
mod registry;
mod server;
mod services;
mod slowlog;
mod socket;
mod streams;
mod transaction;
mod trim;
mod waiting;
mod xinfo;

pub(crate) use identity::now_ms;
pub(crate) use publish::{BURST_BYTES_MAX, BURST_MESSAGES_MAX};
pub use registry::Registry;
pub use services::{ReloadRequest, Services, SessionSettings};

use identity::Identity;
use publish::Burst;
use registry::Card;
use socket::{Ended, Socket};

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
pub async fn run<S>(services: Arc<Services>, stream: S, peer: String, stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    let settings = services.settings.clone();
    let mut socket = Socket::new(stream, stop, &settings);
    let mut session = Session::new(services, peer);
    let ended = session.serve(&mut socket).await;
    if ended == Ended::TimedOut {
        session.services.counters.connections_timed_out.add(1);
    }
    tracing::debug!(client = session.card.id(), reason = ?ended, "session closed");
}

impl Session {
    fn new(services: Arc<Services>, peer: String) -> Self {
        let card = services.registry.register(peer);
        let identity = services.open_identity();
        let limits = services.settings.limits;
        let burst = Burst::default();
        let replies = Replies::new();
        Self {
            services,
            identity,
            replies,
            burst,
            card,
            membership: None,
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
            self.services.counters.bytes_sent.add(self.replies.len() as u64);
            if let Err(ended) = socket.write(&mut self.replies).await {
                return ended;
            }
            if next == Next::Close {
                socket.finish().await;
                return Ended::Closed;
            }
            if let Err(ended) = socket.read(&mut buffer, self.identity.as_mut()).await {
                return ended;
            }
        }
    }

    /// Handles every complete request in the buffer.
    async fn handle_all<S>(
        &mut self,
        decoder: &mut Decoder,
        buffer: &mut BytesMut,
        socket: &mut Socket<S>,
    ) -> Result<Next, Ended>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        self.read_at = Instant::now();
        let (mut at, mut commands) = (0, 0);
        // A client whose login has ended hears so even if it asks for nothing.
        let mut next = self.take_up_news().await;
        while next == Next::Go && at < buffer.len() {
            let limits =
                if self.identity.is_some() { &self.limits } else { &Limits::UNAUTHENTICATED };
            match decoder.scan(&buffer[at..], limits) {
                Ok(Scan::Complete { consumed }) => {
                    let args = decoder.args(&buffer[at..]);
                    if !self.handle_at_once(&args) {
                        if command::may_wait(&args[0]) && at + consumed == buffer.len() {
                            Socket::<S>::tighten(buffer);
                        }
                        next = self.handle(decoder.args(&buffer[at..]), socket).await?;
                    }
                    at += consumed;
                    commands += 1;
                }
                Ok(Scan::Empty { consumed }) => at += consumed,
                Ok(Scan::Incomplete { needed }) => {
                    socket.expect(needed.saturating_sub(buffer.len() - at));
                    break;
                }
                Err(error) => {
                    self.flush_burst().await;
                    self.services.counters.protocol_errors.add(1);
                    self.replies.error(format_args!("ERR {error}"));
                    next = Next::Close;
                }
            }
            if self.replies.len() > REPLIES_FLUSH_BYTES {
                self.services.counters.bytes_sent.add(self.replies.len() as u64);
                socket.write(&mut self.replies).await?;
            }
        }
        self.services.counters.commands.add(commands);
        self.services.counters.bytes_received.add(at as u64);
        Socket::<S>::consume(buffer, at);
        self.flush_burst().await;
        Ok(next)
    }

    /// Answers a request that waits for nothing; false leaves it to [`Session::handle`].
    ///
    /// Most requests of a pipeline are such ones, and going through the futures of the others
    /// costs them 80 ns each.
    fn handle_at_once(&mut self, args: &Args<'_>) -> bool {
        let Ok(spec) = self.admit(args) else { return false };
        if self.identity.as_ref().is_none_or(Identity::has_changed) {
            return false;
        }
        match spec.command {
            Command::Ping if self.burst.is_empty() => self.ping(args).is_ok(),
            command if self.publishes(command) => self.add_to_burst(command, args),
            _ => false,
        }
    }

    /// Answers one request.
    async fn handle<S>(&mut self, args: Args<'_>, socket: &mut Socket<S>) -> Result<Next, Ended>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        let spec = match self.admit(&args) {
            Ok(spec) => spec,
            Err(rejection) => {
                if is_http(&args[0]) {
                    return Err(Ended::Closed);
                }
                self.flush_burst().await;
                self.refuse(rejection);
                return Ok(Next::Go);
            }
        };
        if self.take_up_news().await == Next::Close {
            return Ok(Next::Close);
        }
        self.flush_burst().await;
        if self.publishes(spec.command) && self.add_to_burst(spec.command, &args) {
            return Ok(Next::Go);
        }
        let began = Instant::now();
        self.waited = Duration::ZERO;
        let next = self.answer(spec, &args, socket).await?;
        self.note_if_slow(spec, &args, began);
        Ok(next)
    }

    /// What the client may do may have become something else, or nothing at all.
    async fn take_up_news(&mut self) -> Next {
        if !self.identity.as_ref().is_some_and(Identity::has_changed) {
            return Next::Go;
        }
        self.flush_burst().await;
        match self.renew() {
            Ok(()) => Next::Go,
            Err(rejection) => {
                self.refuse(rejection);
                Next::Close
            }
        }
    }

    /// The command, if there is one, its arguments are as many as it takes, and the client has
    /// logged in where it must.
    fn admit(&self, args: &Args<'_>) -> Result<&'static Spec, Rejection> {
        let found = command::find(&args[0]);
        let known_before_login = found.is_some_and(|spec| spec.before_login);
        if self.identity.is_none() && !known_before_login {
            return Err(Rejection::new(ErrorCode::NoAuth, "Authentication required."));
        }
        let Some(spec) = found else { return Err(command::unknown_command(args)) };
        if spec.takes(args.len()) { Ok(spec) } else { Err(command::wrong_arity(spec.name)) }
    }

    /// Sends an error; what only the operator may read goes to the log.
    fn refuse(&mut self, rejection: Rejection) {
        self.services.counters.commands_refused.add(1);
        self.replies.error(&rejection);
        if let Some(private) = rejection.private {
            tracing::debug!(
                client = self.card.id(),
                error = format!("{private:#}"),
                "request refused"
            );
        }
    }
}

/// A web page that makes a browser send a form here: hang up, as Redis does.
fn is_http(name: &[u8]) -> bool {
    command::is_word(name, "POST") || command::is_word(name, "HOST:")
}
