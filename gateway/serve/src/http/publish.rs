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
    answer::{Refusal, json},
    body::Unread,
    burst::Publisher,
    extract::{AppState, Parameters, PeerAddr},
    fate::Fate,
    login::{Caller, Wish, publisher},
    records::Records,
};
use crate::message::TopicName;

/// The answer: one offset for each record, in their order.
#[derive(Debug, Serialize)]
struct Offsets {
    offsets: Vec<Fate>,
}

/// Publishes the records of a body, and answers for each where it is stored or why it is not.
pub(super) async fn publish(
    State(state): State<Arc<AppState>>,
    Extension(peer): Extension<PeerAddr>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let mut body = Unread::new(body, &head.headers);
    match try_publish(&state, peer, &head, &mut body).await {
        Ok(offsets) => json(StatusCode::OK, &Offsets { offsets }),
        Err(refusal) => {
            body.discard().await;
            refusal.into_response()
        }
    }
}

/// The login comes before the body: a stranger's takes no room.
async fn try_publish(
    state: &AppState,
    PeerAddr(peer): PeerAddr,
    head: &Parts,
    body: &mut Unread,
) -> Result<Vec<Fate>, Refusal> {
    let parameters = Parameters::of(head.uri.query());
    let (group, topic) = (parameters.get("group"), parameters.get("topic"));
    let wish = Wish { group, topic, color: parameters.get("color") };
    let caller = publisher(state, peer, &head.headers, &wish).await?;
    let topic = topic_of(&caller, &wish)?;
    let color = caller.grant.binding.as_ref().map_or(wish.color, |binding| &binding.color);
    let body = body.read(&state.room).await?;
    let until = Instant::now() + state.publish_deadline;
    let records = Records::parse(&body.bytes)
        .map_err(|words| Refusal::new(StatusCode::BAD_REQUEST, words))?;
    let mut publisher = Publisher::new(state, &caller, until);
    for record in &records.records {
        publisher.add(&topic, color, record).await;
    }
    publisher.finish().await
}

/// The topic that the login is about, if the caller may publish to it.
fn topic_of(caller: &Caller, wish: &Wish<'_>) -> Result<TopicName, Refusal> {
    let grant = &caller.grant;
    let topic = match &grant.binding {
        Some(binding) => binding.topic.clone(),
        None => TopicName::new(wish.topic)
            .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, format!("`topic`: {error}")))?,
    };
    let publishes = grant.binding.as_ref().is_none_or(|binding| binding.publishes);
    if publishes && grant.may_publish(topic.as_str()) {
        return Ok(topic);
    }
    Err(Refusal::new(StatusCode::FORBIDDEN, "no publish permission on this topic"))
}
