//! The databus dialect over HTTP, on a separate listener.
//!
//! It uses the same authenticators and the same pipeline as the Redis sessions; only the form of
//! requests and responses differs.

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

mod body;
mod burst;
mod connection;
mod extract;
mod login;
mod publish;
mod record_result;
mod records;
mod response;
mod routes;
mod write_timeout;

use body::BodyMemory;
use connection::Accepted;
use extract::AppState;

/// Pause after a failed accept, such as too many open files: the next one may work.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Time limit for sending the refusal to a connection over the limit.
const REFUSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A bound address, and its open connections.
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
        let body_memory = BodyMemory::new(settings.body_bytes_max, settings.body_timeout);
        let state = Arc::new(AppState { services, body_memory, publish_deadline, settings });
        let router = routes::router(Arc::clone(&state));
        let (stop, connections) = (watch::Sender::new(false), JoinSet::new());
        Ok(Self { tcp, permits, state, router, stop, connections })
    }

    /// The address that was bound; useful where the port was 0.
    pub fn address(&self) -> Option<SocketAddr> {
        self.tcp.local_addr().ok()
    }

    /// Accepts connections until the future is dropped.
    pub async fn accept_all(&mut self) {
        loop {
            // Without this the list of ended connections would grow for ever.
            while self.connections.try_join_next().is_some() {}
            match self.accept().await {
                Ok(accepted) => self.start(accepted),
                Err(error) => {
                    tracing::warn!(%error, "connection not accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn accept(&self) -> io::Result<Accepted> {
        let (stream, peer) = self.tcp.accept().await?;
        stream.set_nodelay(true)?;
        Ok(Accepted { stream, peer })
    }

    fn start(&mut self, accepted: Accepted) {
        let counters = &self.state.services.counters;
        let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else {
            counters.connections_refused.add(1);
            self.connections.spawn(refuse(accepted.stream));
            return;
        };
        counters.connections_accepted.add(1);
        let (state, router) = (Arc::clone(&self.state), self.router.clone());
        let stop = self.stop.subscribe();
        self.connections.spawn(async move {
            let _permit: OwnedSemaphorePermit = permit;
            state.services.counters.connections_now.add(1);
            connection::serve(&state, router, accepted, stop).await;
            state.services.counters.connections_now.subtract_one();
        });
    }

    /// Lets connections finish their current request; after `grace` the rest are closed. Returns
    /// how many were closed.
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

/// Refuses a connection over the limit, before it has sent anything.
async fn refuse(mut stream: TcpStream) {
    let body = r#"{"code":503,"message":"max number of clients reached","ttl":1}"#;
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let _ = timeout(REFUSE_TIMEOUT, stream.write_all(answer.as_bytes())).await;
}
