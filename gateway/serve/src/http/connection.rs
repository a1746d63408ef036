//! One connection: its requests, its time limits, and its graceful shutdown.

use std::{error::Error as _, io, net::SocketAddr, pin::pin, sync::Arc};

use axum::Router;
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{net::TcpStream, sync::watch};

use super::{
    extract::{AppState, PeerAddr},
    write_timeout::WriteTimeout,
};

/// Most headers of a request; more are answered 431. Browsers and proxies send about 20.
const HEADERS_MAX: usize = 64;
/// Largest head of a request, in bytes; also the memory of a connection before its login is checked.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// A TCP connection that was accepted.
pub(super) struct Accepted {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
}

/// Serves one client until it disconnects, is idle for too long, or the gateway drains.
pub(super) async fn serve(
    state: &AppState,
    router: Router,
    Accepted { stream, peer }: Accepted,
    mut stop: watch::Receiver<bool>,
) {
    let router = TowerToHyperService::new(router);
    let counters = Arc::clone(&state.services.counters);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        counters.http_requests.add(1);
        request.extensions_mut().insert(PeerAddr(peer));
        router.call(request)
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(state.settings.header_timeout)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX);
    let stream = WriteTimeout::new(stream, state.services.settings.write_timeout);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        // The sender lives as long as the listener: an error means that it drains, too.
        () = async { drop(stop.wait_for(|stopping| *stopping).await) } => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        connection.as_mut().graceful_shutdown();
        connection.await
    };
    let counters = &state.services.counters;
    match ended {
        Err(error) if is_timeout(&error) => counters.connections_timed_out.add(1),
        Err(error) if error.is_parse() => counters.protocol_errors.add(1),
        // A client that disconnects in the middle of a request is not worth a log line.
        Ok(()) | Err(_) => {}
    }
}

/// A head that was not received in time, or a response that the client did not read.
fn is_timeout(error: &hyper::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    error.is_timeout() || cause.is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut)
}
