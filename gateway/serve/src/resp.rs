//! The only face of the Redis protocol: bytes to requests, replies to bytes.
//!
//! ```text
//! read buffer ─▶ Decoder::scan ─▶ Args (ranges of the buffer) ─▶ command ─▶ Replies ─▶ one write
//! ```
//!
//! Requests are found by our own scanner, because it must be bounded, linear and cheap for bytes
//! that anyone may send. Replies are encoded by `redis-protocol` wherever it needs no allocation
//! for each of them, and tests hold both directions against it. The difference between RESP2 and
//! RESP3 ends here: callers say *map*, *null* or *double*, and the session's [`Protocol`] decides
//! what that is on the wire.
//!
//! The way back, replies to values ([`Reply`]), is for conversations that are played in this
//! process: what the gateway answered, as a person would see it in redis-cli.
//!
//! Not here: what commands mean, who may send them, reading from and writing to sockets.

mod limits;
mod protocol_error;
mod decode;
mod encode;
mod reply;

#[cfg(test)]
mod corpus_test;

pub use decode::{Args, Decoder, Scan, words};
pub use encode::{Protocol, Replies};
pub use limits::Limits;
pub use protocol_error::ProtocolError;
pub use reply::{Malformed, Reply, quoted};

/// Is the argument this keyword, in letters of either case?
#[inline]
pub fn is_word(bytes: &[u8], word: &str) -> bool {
    bytes.eq_ignore_ascii_case(word.as_bytes())
}

/// The Redis version whose behaviour clients may count on.
pub(crate) const REDIS_VERSION: &str = "7.4.0";

/// Reads a request that a test writes as a line.
#[cfg(test)]
pub(crate) fn with_args<T>(line: &str, read: impl FnOnce(&Args<'_>) -> T) -> T {
    let bytes = format!("{line}\r\n");
    let mut decoder = Decoder::new();
    let scanned = decoder.scan(bytes.as_bytes(), &Limits::AUTHENTICATED);
    assert!(matches!(scanned, Ok(Scan::Complete { .. })), "{line}: {scanned:?}");
    read(&decoder.args(bytes.as_bytes()))
}
