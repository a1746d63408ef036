//! Clients arrive: accepting, the connection limit, and draining.

use std::{
    io,
    net::SocketAddr,
    os::fd::AsRawFd as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, UnixListener},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{clients::Peer, config::ListenSettings, connection, services::Services};

/// Pause after a failed accept, such as too many open files: the next one may work.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Queue of connections that the kernel has taken and we have not.
const BACKLOG: u32 = 1024;
/// How long a connection that is too many may take to hear so.
const REFUSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Bound addresses, and the connections that came through them.
#[derive(Debug)]
pub struct Listener {
    tcp: Option<TcpListener>,
    unix: Option<UnixListener>,
    unix_path: Option<PathBuf>,
    permits: Arc<Semaphore>,
    services: Arc<Services>,
    stop: watch::Sender<bool>,
    sessions: JoinSet<()>,
}

impl Listener {
    /// Binds what the settings name. Nothing is accepted before [`Listener::accept_all`].
    ///
    /// # Errors
    /// An address or path that cannot be bound.
    pub async fn bind(settings: &ListenSettings, services: Arc<Services>) -> anyhow::Result<Self> {
        let tcp = match settings.address {
            Some(address) => Some(bind_tcp(address).await?),
            None => None,
        };
        let unix = match &settings.unix_socket {
            Some(path) => Some(bind_unix(path).await?),
            None => None,
        };
        let permits = Arc::new(Semaphore::new(settings.connections_max));
        let stop = watch::Sender::new(false);
        let (unix_path, sessions) = (settings.unix_socket.clone(), JoinSet::new());
        Ok(Self { tcp, unix, unix_path, permits, services, stop, sessions })
    }

    /// The TCP address that was bound; useful where the port was 0.
    pub fn address(&self) -> Option<SocketAddr> {
        self.tcp.as_ref().and_then(|tcp| tcp.local_addr().ok())
    }

    /// Takes connections until dropped out of.
    pub async fn accept_all(&mut self) {
        loop {
            // Ended sessions are taken off the list, or it would grow for ever.
            while self.sessions.try_join_next().is_some() {}
            let accepted = tokio::select! {
                accepted = accept_tcp(self.tcp.as_ref()) => accepted.map(Arrival::Tcp),
                accepted = accept_unix(self.unix.as_ref()) => accepted.map(Arrival::Unix),
            };
            match accepted {
                Ok(Arrival::Tcp((stream, peer))) => {
                    let local = stream.local_addr().map(|local| local.to_string());
                    let (address, local) = (peer.to_string(), local.unwrap_or_default());
                    let fd = stream.as_raw_fd();
                    self.start(stream, Peer { address, local, fd });
                }
                Ok(Arrival::Unix(stream)) => {
                    let path = self.unix_path.as_deref().unwrap_or(Path::new("")).display();
                    let (address, local) = ("unix".to_owned(), format!("{path}:0"));
                    let fd = stream.as_raw_fd();
                    self.start(stream, Peer { address, local, fd });
                }
                Err(error) => {
                    tracing::warn!(%error, "connection not accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn start<S>(&mut self, stream: S, peer: Peer)
    where
        S: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static,
    {
        let counters = &self.services.counters;
        let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else {
            counters.connections_refused.add(1);
            self.sessions.spawn(refuse(stream));
            return;
        };
        counters.connections_accepted.add(1);
        let services = Arc::clone(&self.services);
        self.sessions.spawn(serve(services, stream, peer, self.stop.subscribe(), permit));
    }

    /// Lets sessions finish what they have in hand; after `grace` the rest is ended. Answers how
    /// many had to be.
    pub async fn drain(mut self, grace: Duration) -> usize {
        drop((self.tcp.take(), self.unix.take()));
        if let Some(path) = &self.unix_path {
            // It is ours: bind_unix made it. Someone else may have removed it already.
            let _ = std::fs::remove_file(path);
        }
        self.stop.send_replace(true);
        let all = async { while self.sessions.join_next().await.is_some() {} };
        let _ = timeout(grace, all).await;
        let left = self.sessions.len();
        self.sessions.shutdown().await;
        left
    }
}

/// A new connection.
enum Arrival {
    Tcp((tokio::net::TcpStream, SocketAddr)),
    Unix(tokio::net::UnixStream),
}

async fn accept_tcp(
    listener: Option<&TcpListener>,
) -> io::Result<(tokio::net::TcpStream, SocketAddr)> {
    let Some(listener) = listener else { return std::future::pending().await };
    let (stream, peer) = listener.accept().await?;
    // Replies leave in one write each; waiting for more to send would only delay them.
    stream.set_nodelay(true)?;
    Ok((stream, peer))
}

async fn accept_unix(listener: Option<&UnixListener>) -> io::Result<tokio::net::UnixStream> {
    let Some(listener) = listener else { return std::future::pending().await };
    listener.accept().await.map(|(stream, _)| stream)
}

async fn serve<S>(
    services: Arc<Services>,
    stream: S,
    peer: Peer,
    stop: watch::Receiver<bool>,
    _permit: OwnedSemaphorePermit,
) where
    S: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static,
{
    let counters = Arc::clone(&services.counters);
    counters.connections_now.add(1);
    connection::run(services, stream, peer, stop).await;
    counters.connections_now.subtract_one();
}

/// Redis' words, which client libraries know as a reason to try again later.
async fn refuse<S: AsyncWrite + Unpin>(mut stream: S) {
    let words = b"-ERR max number of clients reached\r\n";
    let _ = timeout(REFUSE_TIMEOUT, stream.write_all(words)).await;
}

async fn bind_tcp(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let bind = async {
        let socket = match address {
            SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4()?,
            SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6()?,
        };
        // A restart must not wait for connections of the process before to time out.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bind.await.with_context(|| format!("listening on {address}"))
}

/// Binds a unix socket for this user alone. A socket that a dead process left is replaced.
async fn bind_unix(path: &std::path::Path) -> anyhow::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt as _;
    let context = || format!("listening on unix socket `{}`", path.display());
    let is_left_over = path.exists() && tokio::net::UnixStream::connect(path).await.is_err();
    if is_left_over {
        std::fs::remove_file(path).with_context(context)?;
    }
    let listener = UnixListener::bind(path).with_context(context)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).with_context(context)?;
    Ok(listener)
}
