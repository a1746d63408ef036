//! Which path is answered by whom, and what all answers share.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    http::StatusCode,
    routing::{get, post},
};

use super::{addresses::addresses, answer::Refusal, body::Room, publish::publish};
use crate::{config::HttpSettings, services::Services};

/// What all requests share.
#[derive(Debug)]
pub(super) struct Shared {
    /// The same as the sessions'.
    pub(super) services: Arc<Services>,
    /// Where bodies are kept while they are read and published.
    pub(super) room: Room,
    /// A publish is answered within this time.
    pub(super) publish_deadline: Duration,
    /// Times and sizes.
    pub(super) settings: HttpSettings,
}

/// Address of the client that sent a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) SocketAddr);

/// The paths of the surface.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/databus/pub", post(publish))
        .route("/databus/consumer/addrs", get(addresses))
        .route("/monitor/ping", get(async || "pong"))
        .method_not_allowed_fallback(async || {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this path takes another method")
        })
        .fallback(async || {
            Refusal::new(
                StatusCode::NOT_FOUND,
                "no such path: there are POST /databus/pub, GET /databus/consumer/addrs and \
                 GET /monitor/ping",
            )
        })
        .with_state(shared)
}
