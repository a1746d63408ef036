//! Bytes to requests: a scanner that stops anywhere and goes on from there.
//!
//! It finds where the arguments of a request lie in the read buffer, and copies none of them.
//! Work is linear in the bytes received, whatever the packets: an unfinished request is resumed,
//! never begun again. Nothing nests, so there is nothing to recurse into.

use std::ops::Range;

use super::{Limits, ProtocolError};
pub use args::Args;
use args::Span;
use length::Length;

mod args;
mod inline;
mod length;

#[cfg(test)]
mod tests;

/// What the bytes at the start of the buffer are.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// A request of one or more arguments, which [`Decoder::args`] gives.
    Complete {
        /// Bytes it takes in the buffer; the next request begins behind them.
        consumed: usize,
    },
    /// `*0`, `*-1` or a blank line: nothing to answer, as in Redis.
    Empty {
        /// Bytes to skip.
        consumed: usize,
    },
    /// The beginning of a request. Call again with the same bytes and more behind them.
    Incomplete {
        /// Bytes the buffer must hold before another call can get further.
        ///
        /// It is what the client announced, within the limits: a hint for reserving room, and a
        /// reason to reserve in steps where clients are not trusted.
        needed: usize,
    },
}

/// Finds requests in a connection's read buffer; one for each connection.
///
/// Allocates only while it has not yet met a request with so many arguments.
#[derive(Debug, Default)]
pub struct Decoder {
    /// Bytes of the unfinished request that need not be looked at again; 0 between requests.
    at: usize,
    /// Arguments of the unfinished multibulk request still to come; 0 within an inline one.
    left: u32,
    /// Arguments found so far, in `words` or in the read buffer.
    spans: Vec<Span>,
    /// Arguments of an inline request with quotes, without their quotes and escapes.
    words: Vec<u8>,
    /// Whether `spans` are ranges of `words`.
    is_unquoted: bool,
}

/// Arguments kept room for between requests: 32 KiB. A larger request gives its room back.
const SPANS_KEPT_MAX: usize = 4096;

/// Largest number that Redis takes for a count at all: `INT_MAX`. Larger ones are malformed,
/// before AUTH too, where a merely large one is answered in other words.
const COUNT_MAX: i64 = i32::MAX as i64;

/// Largest number that Redis takes for an argument's length at all, by default.
const BULK_BYTES_MAX: i64 = 512 * 1024 * 1024;

impl Decoder {
    /// A decoder at the beginning of a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks for a request at the start of `buffer`.
    ///
    /// After `Complete` and `Empty` the next call takes a buffer that begins behind the bytes
    /// consumed; after `Incomplete` one that begins with the same bytes. `limits` may change
    /// between requests.
    ///
    /// # Errors
    /// [`ProtocolError`] as soon as the bytes cannot become a request. Nothing of the request was
    /// carried out. The connection is to be closed: this decoder cannot go on.
    #[inline]
    pub fn scan(&mut self, buffer: &[u8], limits: &Limits) -> Result<Scan, ProtocolError> {
        if self.at == 0 {
            self.forget();
        }
        if self.left > 0 {
            return self.scan_arguments(buffer, limits);
        }
        match buffer.first() {
            None => Ok(Scan::Incomplete { needed: 1 }),
            Some(b'*') => self.scan_count(buffer, limits),
            Some(_) => self.scan_inline(buffer, limits),
        }
    }

    /// The arguments of the request that the last call to `scan` found complete.
    ///
    /// `buffer` is the one that it was given, or at least the request's part of it; with another
    /// one the arguments are other bytes, or reading them panics.
    #[inline]
    pub fn args<'a>(&'a self, buffer: &'a [u8]) -> Args<'a> {
        Args::new(&self.spans, if self.is_unquoted { &self.words } else { buffer })
    }

    /// Where argument `index` lies in the read buffer, for callers that keep the buffer and share
    /// parts of it. `None` for the arguments of an inline request with quotes, which lie elsewhere.
    ///
    /// # Panics
    /// If there is no such argument.
    pub fn range(&self, index: usize) -> Option<Range<usize>> {
        let span = self.spans[index];
        (!self.is_unquoted).then(|| span.range())
    }

    #[inline]
    fn forget(&mut self) {
        self.spans.clear();
        self.is_unquoted = false;
        if self.spans.capacity() > SPANS_KEPT_MAX {
            self.spans.shrink_to(SPANS_KEPT_MAX);
        }
    }

    #[inline]
    fn scan_count(&mut self, buffer: &[u8], limits: &Limits) -> Result<Scan, ProtocolError> {
        let (count, bytes) = match length::read(&buffer[1..]) {
            Length::Known { value, bytes } => (value, bytes),
            Length::Incomplete => return Ok(Scan::Incomplete { needed: buffer.len() + 1 }),
            Length::Malformed => return Err(ProtocolError::InvalidMultibulkLength),
            Length::TooLong => return Err(ProtocolError::TooBigMultibulkCount),
        };
        let Ok(left) = u32::try_from(count.max(0)) else {
            return Err(ProtocolError::InvalidMultibulkLength);
        };
        if left > limits.arguments_max {
            return Err(too_many_arguments(count, limits));
        }
        if left == 0 {
            return Ok(Scan::Empty { consumed: 1 + bytes });
        }
        (self.at, self.left) = (1 + bytes, left);
        self.scan_arguments(buffer, limits)
    }

    #[inline]
    fn scan_arguments(&mut self, buffer: &[u8], limits: &Limits) -> Result<Scan, ProtocolError> {
        let mut at = self.at;
        let mut left = self.left;
        while left > 0 {
            match argument(buffer, at, limits)? {
                Argument::At(span) => {
                    self.spans.push(span);
                    at = span.range().end + 2;
                    left -= 1;
                }
                Argument::Incomplete { needed } => {
                    (self.at, self.left) = (at, left);
                    return Ok(Scan::Incomplete { needed });
                }
            }
        }
        (self.at, self.left) = (0, 0);
        Ok(Scan::Complete { consumed: at })
    }

    fn scan_inline(&mut self, buffer: &[u8], limits: &Limits) -> Result<Scan, ProtocolError> {
        let inline_bytes_max = limits.inline_bytes_max as usize;
        let Some(end) = memchr::memchr(b'\n', &buffer[self.at..]).map(|n| self.at + n) else {
            // One more for the carriage return that may be the last byte here.
            if buffer.len() > inline_bytes_max + 1 {
                return Err(ProtocolError::TooBigInline);
            }
            self.at = buffer.len();
            return Ok(Scan::Incomplete { needed: buffer.len() + 1 });
        };
        self.at = 0;
        let line = buffer[..end].strip_suffix(b"\r").unwrap_or(&buffer[..end]);
        if line.len() > inline_bytes_max {
            return Err(ProtocolError::TooBigInline);
        }
        self.split_inline(line)?;
        if self.spans.len() > limits.arguments_max as usize {
            return Err(too_many_arguments(0, limits));
        }
        let consumed = end + 1;
        Ok(if self.spans.is_empty() {
            Scan::Empty { consumed }
        } else {
            Scan::Complete { consumed }
        })
    }

    fn split_inline(&mut self, line: &[u8]) -> Result<(), ProtocolError> {
        if memchr::memchr2(b'"', b'\'', line).is_none() {
            inline::split(line, &mut self.spans);
            return Ok(());
        }
        self.words.clear();
        self.is_unquoted = true;
        inline::unquote(line, &mut self.words, &mut self.spans)
    }
}

/// Splits a line that a person typed into words, as an inline request and redis-cli do.
///
/// # Errors
/// A quote that is never closed, or closed in the middle of a word.
pub fn words(line: &[u8]) -> Result<Vec<Vec<u8>>, ProtocolError> {
    let (mut bytes, mut spans) = (Vec::new(), Vec::new());
    inline::unquote(line, &mut bytes, &mut spans)?;
    Ok(Args::new(&spans, &bytes).iter().map(<[u8]>::to_vec).collect())
}

enum Argument {
    At(Span),
    Incomplete { needed: usize },
}

/// Reads the argument that begins at `at`.
///
/// An unfinished one is read from its `$` again next time, which costs no more than its length
/// line: the bytes of an argument are skipped, not looked at.
#[inline]
fn argument(buffer: &[u8], at: usize, limits: &Limits) -> Result<Argument, ProtocolError> {
    let (value, bytes) = match buffer.get(at..) {
        None | Some([]) => return Ok(Argument::Incomplete { needed: at + 1 }),
        Some([b'$', rest @ ..]) => match length::read(rest) {
            Length::Known { value, bytes } => (value, bytes),
            Length::Incomplete => return Ok(Argument::Incomplete { needed: buffer.len() + 1 }),
            Length::Malformed => return Err(ProtocolError::InvalidBulkLength),
            Length::TooLong => return Err(ProtocolError::TooBigBulkCount),
        },
        Some(&[got, ..]) => return Err(ProtocolError::ExpectedBulk { got }),
    };
    let len = bulk_bytes(value, limits)?;
    let start = at + 1 + bytes;
    let end = start + len;
    if end + 2 > limits.request_bytes_max as usize {
        return Err(ProtocolError::TooBigRequest);
    }
    match buffer.get(end..) {
        Some([b'\r', b'\n', ..]) => Ok(Argument::At(Span::new(start, end))),
        None | Some([] | [b'\r']) => Ok(Argument::Incomplete { needed: end + 2 }),
        Some(_) => Err(ProtocolError::ExpectedLineEnd),
    }
}

#[inline]
fn bulk_bytes(value: i64, limits: &Limits) -> Result<usize, ProtocolError> {
    match u32::try_from(value) {
        Ok(len) if len <= limits.argument_bytes_max => Ok(len as usize),
        Ok(_) if !limits.is_authenticated && value <= BULK_BYTES_MAX => {
            Err(ProtocolError::UnauthenticatedBulkLength)
        }
        Ok(_) | Err(_) => Err(ProtocolError::InvalidBulkLength),
    }
}

fn too_many_arguments(count: i64, limits: &Limits) -> ProtocolError {
    if !limits.is_authenticated && count <= COUNT_MAX {
        ProtocolError::UnauthenticatedMultibulkLength
    } else {
        ProtocolError::InvalidMultibulkLength
    }
}
