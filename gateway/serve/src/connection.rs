//! One client, one task: requests are answered in order.
//!
//! All complete requests of a read are handled together and their replies leave in one write.
//! Messages that a client publishes one after the other are gathered into a burst, which goes
//! through the pipeline as one; every other command first waits for the burst before it, so that
//! replies keep the order of the requests.

use std::sync::Arc;

use bytes::BytesMut;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
};

use crate::{
    clients::{Interrupt, Peer},
    commands::{self, Registry},
    context::{Context, Disconnect, IdleLimit, Next, Socket},
    resp::Decoder,
    services::Services,
};

mod admission; // which commands are admitted
mod requests; //  one request after the other

/// One client's connection: its state, and the commands it may send.
struct Connection {
    context: Context,
    registry: &'static Registry,
}

/// Serves one client until it disconnects, is disconnected, or the gateway drains.
pub async fn run<S>(services: Arc<Services>, stream: S, peer: Peer, stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static,
{
    let socket = Socket::new(stream, stop, &services.settings);
    let context = Context::new(services, peer, socket);
    let mut connection = Connection { context, registry: commands::registry() };
    let ended = connection.serve().await;
    let Context { services, client, .. } = &connection.context;
    match ended {
        Disconnect::TimedOut => services.counters.connections_timed_out.add(1),
        Disconnect::CutOff(cut) => {
            services.counters.subscribers_cut.add(1);
            tracing::warn!(client = client.id(), reason = ?cut, "subscriber cut off");
        }
        Disconnect::Closed | Disconnect::Draining | Disconnect::Killed => {}
    }
    tracing::debug!(client = client.id(), reason = ?ended, "session closed");
}

impl Connection {
    async fn serve(&mut self) -> Disconnect {
        let mut decoder = Decoder::new();
        let mut buffer = BytesMut::new();
        loop {
            let next = self.handle_all(&mut decoder, &mut buffer).await;
            let next = match next {
                Ok(next) => next,
                Err(ended) => return ended,
            };
            if next == Next::Close {
                // The client must be able to read the reply to the command that closes it.
                self.context.services.counters.bytes_sent.add(self.context.replies.len() as u64);
                let written = self.context.socket.write(&mut self.context.replies).await;
                self.context.socket.finish().await;
                return written.err().unwrap_or(Disconnect::Closed);
            }
            if let Err(ended) = self.wait_for_requests(&mut buffer).await {
                return ended;
            }
        }
    }

    /// Writes all replies and messages, then waits for requests, a message or an interrupt.
    async fn wait_for_requests(&mut self, buffer: &mut BytesMut) -> Result<(), Disconnect> {
        self.context.write_messages().await?;
        if self.context.client.entry().interrupt() == Some(Interrupt::Kill) {
            return Err(Disconnect::Killed);
        }
        self.context.client.entry().note_unhandled(buffer.len());
        let listens = self.context.subscriptions.len() > 0 || self.context.monitor.is_some();
        let idle_limit = if listens { IdleLimit::None } else { IdleLimit::FromSettings };
        let Context { socket, identity, client, .. } = &mut self.context;
        socket.read(buffer, identity.as_mut(), client.notify(), idle_limit).await
    }
}
