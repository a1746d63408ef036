//! Logins by Basic authentication, checked by the same authenticators as `AUTH`.

use std::{net::SocketAddr, sync::Arc};

use axum::http::{HeaderMap, StatusCode, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{extract::AppState, response::HttpError};
use crate::{
    broker::Cluster,
    clock::Clock,
    login::Login,
    message::{Credentials, DEFAULT_USER, Grant},
    plugin::CallContext,
};

/// The same text as for a wrong key or secret: a name that no DSN can hold is in no store.
const AUTH_FAILED: &str = "auth failed";

/// A client that is logged in.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) grant: Grant,
    /// The broker cluster of its messages.
    pub(super) cluster: Cluster,
}

impl Caller {
    /// # Errors
    /// 500 if the login leads to a cluster that is not configured here.
    fn new(state: &AppState, login: &Login) -> Result<Self, HttpError> {
        let cluster = state.services.cluster_of(login.grant()).map_err(|rejection| {
            HttpError::new(StatusCode::INTERNAL_SERVER_ERROR, rejection.public)
        })?;
        Ok(Self { grant: login.grant().clone(), cluster })
    }

    /// What plugins are given about the client and the time.
    pub(super) fn context(&self, clock: Clock) -> CallContext {
        let principal = Arc::from(self.grant.principal.as_str());
        CallContext { principal, timestamp_ms: clock.now_ms() }
    }
}

/// The group, topic and colour that a request names.
#[derive(Debug)]
pub(super) struct RequestedAccess<'a> {
    pub(super) group: &'a str,
    pub(super) topic: &'a str,
    pub(super) color: &'a str,
}

/// Logs in an application: key and secret of the Basic authentication become a databus DSN.
///
/// # Errors
/// 401 for wrong credentials, 403 for a missing permission, 400 for what no DSN can hold.
pub(super) async fn log_in_publisher(
    state: &AppState,
    peer: SocketAddr,
    headers: &HeaderMap,
    access: &RequestedAccess<'_>,
) -> Result<Caller, HttpError> {
    if let Some(open) = state.services.open_login() {
        return Caller::new(state, &open);
    }
    let (key, secret) = basic(headers)?;
    let secret = dsn(&key, &secret, access)?;
    log_in(state, Credentials { username: DEFAULT_USER.into(), secret, peer: peer.to_string() })
        .await
}

/// Logs in a user by name and password, who must be an administrator.
///
/// # Errors
/// 401 for wrong credentials, 403 for a user without admin rights.
pub(super) async fn check_administrator(
    state: &AppState,
    peer: SocketAddr,
    headers: &HeaderMap,
) -> Result<(), HttpError> {
    if state.services.open_login().is_some() {
        return Ok(());
    }
    let (username, secret) = basic(headers)?;
    let caller = log_in(state, Credentials { username, secret, peer: peer.to_string() }).await?;
    if caller.grant.admin {
        return Ok(());
    }
    Err(HttpError::new(StatusCode::FORBIDDEN, "this path needs a login with admin rights"))
}

async fn log_in(state: &AppState, credentials: Credentials) -> Result<Caller, HttpError> {
    let login = state.services.logins.log_in(credentials).await.map_err(HttpError::from_login)?;
    Caller::new(state, &login)
}

/// Name and password of Basic authentication.
fn basic(headers: &HeaderMap) -> Result<(String, String), HttpError> {
    let missing = || HttpError::unauthorized("this path needs Basic authentication");
    let header = headers.get(header::AUTHORIZATION).ok_or_else(missing)?;
    let (scheme, encoded) =
        header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(missing());
    }
    let text = STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let unreadable = || HttpError::unauthorized("the Basic authentication cannot be read");
    let text = text.ok_or_else(unreadable)?;
    let (name, password) = text.split_once(':').ok_or_else(unreadable)?;
    Ok((name.to_owned(), password.to_owned()))
}

/// The DSN of a publisher, unless a part of it would be read as another part.
fn dsn(key: &str, secret: &str, access: &RequestedAccess<'_>) -> Result<String, HttpError> {
    let RequestedAccess { group, topic, color } = *access;
    let bad = |text: &'static str| Err(HttpError::new(StatusCode::BAD_REQUEST, text));
    let ends_head = |text: &str| text.contains([':', '@', '/']);
    if group.is_empty() || ends_head(group) {
        return bad("`group` must be given, without `:`, `@` and `/`");
    }
    if topic.is_empty() || topic.contains('&') {
        return bad("`topic` must be given, without `&`");
    }
    if color.contains('&') {
        return bad("`color` must be without `&`");
    }
    if ends_head(key) || ends_head(secret) {
        return Err(HttpError::unauthorized(AUTH_FAILED));
    }
    let mut dsn = format!("{key}:{secret}@{group}/topic={topic}&role=pub");
    if !color.is_empty() {
        dsn.push_str("&color=");
        dsn.push_str(color);
    }
    Ok(dsn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_login_is_read_as_another_part() {
        let plain = RequestedAccess { group: "g", topic: "t", color: "" };
        assert_eq!(dsn("k", "s", &plain).unwrap(), "k:s@g/topic=t&role=pub");
        let red = RequestedAccess { color: "red", ..plain };
        assert_eq!(dsn("k", "s&x=y", &red).unwrap(), "k:s&x=y@g/topic=t&role=pub&color=red");
        for (key, secret) in [("k", "s@h/topic=u&role=sub#"), ("k:", "s"), ("k", "s:s"), ("k/", "")]
        {
            assert!(dsn(key, secret, &red).is_err(), "{key} {secret}");
        }
        for (group, topic, color) in [
            ("", "t", ""),
            ("g", "", ""),
            ("g/topic=u&role=pub&x=", "t", ""),
            ("h@g", "t", ""),
            ("g", "t&role=pubsub", ""),
            ("g", "t", "c&topic=u"),
        ] {
            assert!(
                dsn("k", "s", &RequestedAccess { group, topic, color }).is_err(),
                "{group} {topic} {color}"
            );
        }
    }

    #[test]
    fn basic_authentication_is_read_as_browsers_write_it() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, text.parse().unwrap());
            basic(&headers).ok()
        };
        assert_eq!(read("Basic azpzOnM="), Some(("k".into(), "s:s".into())));
        assert_eq!(read("bASIC  azpzOnM= "), Some(("k".into(), "s:s".into())));
        for bad in ["Basic", "Bearer azpz", "Basic %%%", "Basic azs=", "Basic /w=="] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert!(basic(&HeaderMap::new()).is_err());
    }
}
