//! The routes, and the small handlers.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};

use super::{
    extract::{AppState, Parameters, PeerAddr},
    login::check_administrator,
    publish::publish,
    response::{Envelope, HttpError, json},
};

/// All routes of the HTTP interface.
pub(super) fn router(state: Arc<AppState>) -> Router {
    Router::new()
        .route("/databus/pub", post(publish))
        .route("/databus/consumer/addrs", get(addresses))
        .route("/monitor/ping", get(async || "pong"))
        .method_not_allowed_fallback(async || {
            HttpError::new(StatusCode::METHOD_NOT_ALLOWED, "this path takes another method")
        })
        .fallback(async || {
            HttpError::new(
                StatusCode::NOT_FOUND,
                "no such path: there are POST /databus/pub, GET /databus/consumer/addrs and \
                 GET /monitor/ping",
            )
        })
        .with_state(state)
}

/// `GET /databus/consumer/addrs?group=G`: addresses of the clients that consume in a group.
///
/// Only clients of this gateway; only administrators may ask. The group of coloured consumers is
/// `<group>-<color>`.
async fn addresses(
    State(state): State<Arc<AppState>>,
    Extension(PeerAddr(peer)): Extension<PeerAddr>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Err(refusal) = check_administrator(&state, peer, &headers).await {
        return refusal.into_response();
    }
    let parameters = Parameters::of(query.as_deref());
    match parameters.get("group") {
        "" => HttpError::new(StatusCode::BAD_REQUEST, "`group` must be given").into_response(),
        group => {
            let found = state.services.registry.addresses_in(group);
            json(StatusCode::OK, &Envelope::success(found))
        }
    }
}
