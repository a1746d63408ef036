//! Answers as JSON, in the form the original gave them.

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::message::{ErrorCode, Rejection, RejectionKind};

/// Seconds for which the original let clients keep an answer.
const TTL: u32 = 1;

/// An answer in the original's envelope.
#[derive(Debug, Serialize)]
pub(super) struct Envelope<T> {
    /// 0, or the status code.
    pub(super) code: u16,
    /// `0`, or what is wrong.
    pub(super) message: Cow<'static, str>,
    ttl: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<T>,
}

impl<T> Envelope<T> {
    /// A good answer.
    pub(super) fn good(data: T) -> Self {
        Self { code: 0, message: "0".into(), ttl: TTL, data: Some(data) }
    }
}

/// Why a request as a whole is refused. Nothing was stored.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    words: Cow<'static, str>,
}

impl Refusal {
    /// A refusal in words for the client.
    pub(super) fn new(status: StatusCode, words: impl Into<Cow<'static, str>>) -> Self {
        Self { status, words: words.into() }
    }

    /// No login, or a wrong one.
    pub(super) fn unauthorized(words: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, words)
    }

    /// What an authenticator refused, with the status that says whose turn it is.
    pub(super) fn of_login(rejection: Rejection) -> Self {
        let status = match (&rejection.code, rejection.kind) {
            (ErrorCode::WrongPass | ErrorCode::NoAuth, _) => StatusCode::UNAUTHORIZED,
            (ErrorCode::NoPerm, _) => StatusCode::FORBIDDEN,
            (_, RejectionKind::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
            (_, RejectionKind::Refused | RejectionKind::Plugin | RejectionKind::Unknown) => {
                StatusCode::BAD_REQUEST
            }
        };
        Self::new(status, rejection.public)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (code, message) = (self.status.as_u16(), self.words);
        let mut response =
            json(self.status, &Envelope::<()> { code, message, ttl: TTL, data: None });
        let headers = response.headers_mut();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                let challenge =
                    HeaderValue::from_static("Basic realm=\"databus\", charset=\"UTF-8\"");
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            StatusCode::REQUEST_TIMEOUT => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}

/// A JSON body with its status.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let text = serde_json::to_vec(body).expect("answers hold only what JSON can say");
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::login_unavailable;

    #[test]
    fn the_status_says_whose_turn_it_is() {
        for (rejection, status) in [
            (Rejection::new(ErrorCode::WrongPass, "auth failed"), 401),
            (Rejection::new(ErrorCode::NoPerm, "no publish permission"), 403),
            (Rejection::err("cluster not exist"), 400),
            (login_unavailable(), 503),
        ] {
            let response = Refusal::of_login(rejection).into_response();
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers().contains_key(header::WWW_AUTHENTICATE), status == 401);
        }
    }
}
