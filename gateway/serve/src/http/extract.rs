//! The inputs of a handler: the state that all requests share, the client's address, and the
//! query parameters.

use std::{borrow::Cow, net::SocketAddr, sync::Arc, time::Duration};

use super::body::BodyMemory;
use crate::{config::HttpSettings, services::Services};

/// The state that all requests share.
#[derive(Debug)]
pub(super) struct AppState {
    /// The same as those of the Redis sessions.
    pub(super) services: Arc<Services>,
    /// Where bodies are kept while they are read and published.
    pub(super) body_memory: BodyMemory,
    /// A publish is answered within this time.
    pub(super) publish_deadline: Duration,
    /// Times and sizes.
    pub(super) settings: HttpSettings,
}

/// Address of the client that sent a request; an extension of every request.
#[derive(Clone, Copy, Debug)]
pub(super) struct PeerAddr(pub(super) SocketAddr);

/// Query parameters in their order, decoded.
#[derive(Debug)]
pub(super) struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    /// Reads `name=value&…` with `%41` and `+` decoded, as HTTP forms are.
    pub(super) fn of(query: Option<&'a str>) -> Self {
        Self(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).collect())
    }

    /// A parameter; of duplicates the last one, as in a DSN; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        let last = self.0.iter().rev().find(|(known, _)| known.eq_ignore_ascii_case(name));
        last.map_or("", |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_the_last_duplicate_wins() {
        let parameters = Parameters::of(Some("topic=a&Group=g%2D1+x&topic=b=c&empty=&junk"));

        assert_eq!(parameters.get("topic"), "b=c");
        assert_eq!(parameters.get("group"), "g-1 x");
        assert_eq!((parameters.get("empty"), parameters.get("color")), ("", ""));
        assert_eq!(Parameters::of(None).get("topic"), "");
    }
}
