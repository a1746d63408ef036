//! `GET /databus/consumer/addrs?group=G`

use std::sync::Arc;

use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};

use super::{
    answer::{Envelope, Refusal, json},
    login::administrator,
    parameters::Parameters,
    routes::{Peer, Shared},
};

/// The addresses of the clients of this gateway that consume in a group; for administrators.
///
/// The group of coloured consumers is `<group>-<color>`.
pub(super) async fn addresses(
    State(shared): State<Arc<Shared>>,
    Extension(Peer(peer)): Extension<Peer>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Err(refusal) = administrator(&shared, peer, &headers).await {
        return refusal.into_response();
    }
    let parameters = Parameters::of(query.as_deref());
    match parameters.get("group") {
        "" => Refusal::new(StatusCode::BAD_REQUEST, "`group` must be given").into_response(),
        group => {
            let found = shared.services.registry.addresses_in(group);
            json(StatusCode::OK, &Envelope::good(found))
        }
    }
}
