//! The HTTP surface of the databus dialect, on a listener of its own.
//!
//! It asks the same authenticators and publishes through the same pipeline as the sessions do;
//! what differs is only how a request is written and how its answer reads.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::Router;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{config::HttpSettings, services::Services};

mod answer;
mod body;
mod burst;
mod connection;
mod extract;
mod fate;
mod login;
mod publish;
mod records;
mod routes;
mod stream;

use body::Room;
use extract::AppState;

/// Pause after a failed accept, such as too many open files: the next one may work.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a connection that is too many may take to hear so.
const REFUSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A bound address, and the connections that came through it.
#[derive(Debug)]
pub struct HttpListener {
    tcp: TcpListener,
    permits: Arc<Semaphore>,
    state: Arc<AppState>,
    router: Router,
    stop: watch::Sender<bool>,
    connections: JoinSet<()>,
}

impl HttpListener {
    /// Binds the address. Nothing is accepted before [`HttpListener::accept_all`].
    ///
    /// A publish is answered within `publish_deadline` from when its body is there.
    ///
    /// # Errors
    /// An address that cannot be bound.
    pub async fn bind(
        settings: HttpSettings,
        publish_deadline: Duration,
        services: Arc<Services>,
    ) -> anyhow::Result<Self> {
        let address = settings.address;
        let tcp = TcpListener::bind(address).await;
        let tcp = tcp.with_context(|| format!("listening for HTTP on {address}"))?;
        let permits = Arc::new(Semaphore::new(settings.connections_max));
        let room = Room::new(settings.body_bytes_max, settings.body_timeout);
        let state = Arc::new(AppState { services, room, publish_deadline, settings });
        let router = routes::router(Arc::clone(&state));
        let (stop, connections) = (watch::Sender::new(false), JoinSet::new());
        Ok(Self { tcp, permits, state, router, stop, connections })
    }

    /// The address that was bound; useful where the port was 0.
    pub fn address(&self) -> Option<SocketAddr> {
        self.tcp.local_addr().ok()
    }

    /// Takes connections until dropped out of.
    pub async fn accept_all(&mut self) {
        loop {
            // Ended connections are taken off the list, or it would grow for ever.
            while self.connections.try_join_next().is_some() {}
            match self.accept().await {
                Ok((stream, peer)) => self.start(stream, peer),
                Err(error) => {
                    tracing::warn!(%error, "connection not accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = self.tcp.accept().await?;
        stream.set_nodelay(true)?;
        Ok((stream, peer))
    }

    fn start(&mut self, stream: TcpStream, peer: SocketAddr) {
        let counters = &self.state.services.counters;
        let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else {
            counters.connections_refused.add(1);
            self.connections.spawn(refuse(stream));
            return;
        };
        counters.connections_accepted.add(1);
        let (state, router) = (Arc::clone(&self.state), self.router.clone());
        let stop = self.stop.subscribe();
        self.connections.spawn(async move {
            let _permit: OwnedSemaphorePermit = permit;
            state.services.counters.connections_now.add(1);
            connection::serve(&state, router, (stream, peer), stop).await;
            state.services.counters.connections_now.subtract_one();
        });
    }

    /// Lets connections finish the request in hand; after `grace` the rest is ended. Answers how
    /// many had to be.
    pub async fn drain(self, grace: Duration) -> usize {
        let Self { tcp, stop, mut connections, .. } = self;
        drop(tcp);
        stop.send_replace(true);
        let all = async { while connections.join_next().await.is_some() {} };
        let _ = timeout(grace, all).await;
        let left = connections.len();
        connections.shutdown().await;
        left
    }
}

/// Tells a connection that is too many so, before it has said anything.
async fn refuse(mut stream: TcpStream) {
    let body = r#"{"code":503,"message":"max number of clients reached","ttl":1}"#;
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let _ = timeout(REFUSE_TIMEOUT, stream.write_all(answer.as_bytes())).await;
}
