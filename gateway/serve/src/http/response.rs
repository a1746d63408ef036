//! Responses as JSON, in the form of the original databus.

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::message::{ErrorCode, Rejection, RejectionKind};

/// Seconds for which clients of the original may cache a response.
const TTL: u32 = 1;

/// A response in the envelope of the original.
#[derive(Debug, Serialize)]
pub(super) struct Envelope<T> {
    /// 0 for success, or the HTTP status.
    pub(super) code: u16,
    /// `0` for success, or what is wrong.
    pub(super) message: Cow<'static, str>,
    ttl: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<T>,
}

impl<T> Envelope<T> {
    /// A successful response.
    pub(super) fn success(data: T) -> Self {
        Self { code: 0, message: "0".into(), ttl: TTL, data: Some(data) }
    }
}

/// Why a whole request is refused. Nothing was stored.
#[derive(Debug)]
pub(super) struct HttpError {
    status: StatusCode,
    message: Cow<'static, str>,
}

impl HttpError {
    /// A refusal with a message for the client.
    pub(super) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into() }
    }

    /// No login, or a wrong one.
    pub(super) fn unauthorized(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// A refused login, with the status that says who has to act.
    pub(super) fn from_login(rejection: Rejection) -> Self {
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

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let (code, message) = (self.status.as_u16(), self.message);
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

/// A JSON response.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let text = serde_json::to_vec(body).expect("responses hold only what JSON can express");
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::login_unavailable;

    #[test]
    fn the_status_says_who_has_to_act() {
        for (rejection, status) in [
            (Rejection::new(ErrorCode::WrongPass, "auth failed"), 401),
            (Rejection::new(ErrorCode::NoPerm, "no publish permission"), 403),
            (Rejection::err("cluster not exist"), 400),
            (login_unavailable(), 503),
        ] {
            let response = HttpError::from_login(rejection).into_response();
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers().contains_key(header::WWW_AUTHENTICATE), status == 401);
        }
    }
}
