//! Why bytes are not a request, in Redis' words.

use thiserror::Error;

/// Bytes that are not a request. Nothing of the request was carried out.
///
/// What follows on the connection cannot be understood any more: answer with this, prefixed by
/// `ERR`, and close.
///
/// Source: Redis 7.0 `networking.c`, `processMultibulkBuffer` and `processInlineBuffer`, except
/// where a variant says otherwise.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ProtocolError {
    /// The number after `*` is not one, or exceeds [`Limits::arguments_max`].
    ///
    /// [`Limits::arguments_max`]: super::Limits::arguments_max
    #[error("Protocol error: invalid multibulk length")]
    InvalidMultibulkLength,
    /// The number after `$` is not one, is negative, or exceeds [`Limits::argument_bytes_max`].
    ///
    /// [`Limits::argument_bytes_max`]: super::Limits::argument_bytes_max
    #[error("Protocol error: invalid bulk length")]
    InvalidBulkLength,
    /// More arguments than a client may send before it has said who it is.
    #[error("Protocol error: unauthenticated multibulk length")]
    UnauthenticatedMultibulkLength,
    /// A longer argument than a client may send before it has said who it is.
    #[error("Protocol error: unauthenticated bulk length")]
    UnauthenticatedBulkLength,
    /// An argument begins with another byte than `$`; other types cannot stand in a request.
    ///
    /// Redis repeats the byte as it came; here one that is not printable is written `\xHH`, so
    /// that errors stay text. Carriage return and line feed become a space, as in Redis.
    #[error("Protocol error: expected '$', got '{}'", printable(*got))]
    ExpectedBulk {
        /// The byte in its place.
        got: u8,
    },
    /// An argument is longer or shorter than announced: no line end where it must stand.
    ///
    /// Redis skips two bytes unseen and reads on, out of step with its client; that is how
    /// requests are smuggled, so it is refused here.
    #[error("Protocol error: expected CRLF after bulk")]
    ExpectedLineEnd,
    /// A quote of an inline request is never closed, or is closed in the middle of a word.
    #[error("Protocol error: unbalanced quotes in request")]
    UnbalancedQuotes,
    /// An inline request exceeds [`Limits::inline_bytes_max`].
    ///
    /// [`Limits::inline_bytes_max`]: super::Limits::inline_bytes_max
    #[error("Protocol error: too big inline request")]
    TooBigInline,
    /// The digits after `*` do not end.
    #[error("Protocol error: too big mbulk count string")]
    TooBigMultibulkCount,
    /// The digits after `$` do not end.
    #[error("Protocol error: too big bulk count string")]
    TooBigBulkCount,
    /// The request as a whole exceeds [`Limits::request_bytes_max`]. Redis has no such words: it
    /// hangs up.
    ///
    /// [`Limits::request_bytes_max`]: super::Limits::request_bytes_max
    #[error("Protocol error: too big request")]
    TooBigRequest,
}

fn printable(byte: u8) -> impl std::fmt::Display {
    std::fmt::from_fn(move |f| match byte {
        b'\r' | b'\n' => f.write_str(" "),
        b' '..=b'~' => write!(f, "{}", char::from(byte)),
        _ => write!(f, "\\x{byte:02x}"),
    })
}
