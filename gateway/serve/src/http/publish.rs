//! `POST /databus/pub?topic=T&group=G[&color=C]`

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use tokio::time::Instant;

use super::{
    body::RequestBody,
    burst::Publisher,
    extract::{AppState, Parameters, PeerAddr},
    login::{Caller, RequestedAccess, log_in_publisher},
    record_result::RecordResult,
    records::Records,
    response::{HttpError, json},
};
use crate::message::TopicName;

/// The response: one result for each record, in their order.
#[derive(Debug, Serialize)]
struct PublishResponse {
    offsets: Vec<RecordResult>,
}

/// Publishes the records of a body; the response says for each where it is stored, or why not.
pub(super) async fn publish(
    State(state): State<Arc<AppState>>,
    Extension(peer): Extension<PeerAddr>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let mut body = RequestBody::new(body, &head.headers);
    match try_publish(&state, peer, &head, &mut body).await {
        Ok(offsets) => json(StatusCode::OK, &PublishResponse { offsets }),
        Err(refusal) => {
            body.discard().await;
            refusal.into_response()
        }
    }
}

/// The login is checked before the body is read: a refused client takes no memory.
async fn try_publish(
    state: &AppState,
    PeerAddr(peer): PeerAddr,
    head: &Parts,
    body: &mut RequestBody,
) -> Result<Vec<RecordResult>, HttpError> {
    let parameters = Parameters::of(head.uri.query());
    let (group, topic) = (parameters.get("group"), parameters.get("topic"));
    let access = RequestedAccess { group, topic, color: parameters.get("color") };
    let caller = log_in_publisher(state, peer, &head.headers, &access).await?;
    let topic = topic_of(&caller, &access)?;
    let color = caller.grant.binding.as_ref().map_or(access.color, |binding| &binding.color);
    let body = body.read(&state.body_memory).await?;
    let until = Instant::now() + state.publish_deadline;
    let records = Records::parse(&body.bytes)
        .map_err(|words| HttpError::new(StatusCode::BAD_REQUEST, words))?;
    let mut publisher = Publisher::new(state, &caller, until);
    for record in &records.records {
        publisher.add(&topic, color, record).await;
    }
    publisher.finish().await
}

/// The topic of the login, if the caller may publish to it.
fn topic_of(caller: &Caller, access: &RequestedAccess<'_>) -> Result<TopicName, HttpError> {
    let grant = &caller.grant;
    let topic = match &grant.binding {
        Some(binding) => binding.topic.clone(),
        None => TopicName::new(access.topic).map_err(|error| {
            HttpError::new(StatusCode::BAD_REQUEST, format!("`topic`: {error}"))
        })?,
    };
    let publishes = grant.binding.as_ref().is_none_or(|binding| binding.publishes);
    if publishes && grant.may_publish(topic.as_str()) {
        return Ok(topic);
    }
    Err(HttpError::new(StatusCode::FORBIDDEN, "no publish permission on this topic"))
}
