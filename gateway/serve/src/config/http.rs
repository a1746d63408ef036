//! `[http]`: the HTTP surface.

use std::{net::SocketAddr, time::Duration};

use super::{
    check::{address, usize_of},
    file::{Section, Source},
};

/// `[http]`.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// TCP address.
    pub address: SocketAddr,
    /// Most connections at once.
    pub connections_max: usize,
    /// A request's head must have come within this time; it also ends connections that are silent
    /// for so long between requests.
    pub header_timeout: Duration,
    /// The body must have come within this time.
    pub body_timeout: Duration,
    /// Largest body of a request.
    pub body_bytes_max: usize,
}

/// Reads the section; `None` where no address is set.
pub(super) fn http(mut section: Section<'_, '_>, source: &Source<'_>) -> Option<HttpSettings> {
    let address = address(&mut section, "http.address", None, source);
    let mut seconds = |key, default| Duration::from_secs(section.integer(key, default, 1..=3_600));
    let (header_timeout, body_timeout) =
        (seconds("header_timeout_secs", 30), seconds("body_timeout_secs", 30));
    let connections_max = section.integer("connections_max", 1_000, 1..=1_000_000);
    let body_bytes_max = section.integer("body_bytes_max", 16 << 20, 1_024..=(1 << 29));
    section.finish();
    Some(HttpSettings {
        address: address?,
        connections_max: usize_of(connections_max),
        header_timeout,
        body_timeout,
        body_bytes_max: usize_of(body_bytes_max),
    })
}
