//! Replies to bytes, for either version of the protocol.

use std::fmt::{Display, Write};

use bytes::{Buf, BufMut, BytesMut};
use redis_protocol::{
    resp2::{encode as resp2, types::BorrowedFrame as Resp2Frame},
    resp3::{
        encode::complete as resp3,
        types::{BorrowedFrame as Resp3Frame, VerbatimStringFormat},
    },
};

use text::{Digits, OneLine};

mod counts;
mod text;

#[cfg(test)]
mod tests;

/// The protocol version of a session: RESP2 until `HELLO 3`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// Redis 1.2 and later; what a client speaks that sends no HELLO.
    #[default]
    Resp2,
    /// Redis 6 and later.
    Resp3,
}

/// Replies of one session that have not been written to its client yet, in order.
///
/// No method fails and none allocates beyond the growth of the buffer, whose room is kept
/// between bursts. The session watches [`Replies::len`] to bound it.
///
/// An aggregate is its header, then so many replies: `array(2)`, `bulk(…)`, `integer(…)`. The
/// caller keeps the count; nothing here checks it.
#[derive(Debug, Default)]
pub struct Replies {
    out: BytesMut,
    protocol: Protocol,
}

/// Room kept by [`Replies::clear`], in bytes; a burst that needed more gives it back.
const ROOM_KEPT_MAX: usize = 256 * 1024;

const INVARIANT: &str = "the encoder extends the buffer by the frame's length first";

impl Replies {
    /// No replies yet, in RESP2.
    pub fn new() -> Self {
        Self::default()
    }

    /// No replies yet, in this version.
    pub fn with_protocol(protocol: Protocol) -> Self {
        Self { protocol, ..Self::default() }
    }

    /// The version in which replies are encoded.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Switches the version for all later replies, the one to `HELLO` included.
    pub fn set_protocol(&mut self, protocol: Protocol) {
        self.protocol = protocol;
    }

    /// `+OK`.
    #[inline]
    pub fn ok(&mut self) {
        self.out.extend_from_slice(b"+OK\r\n");
    }

    /// `+PONG`.
    #[inline]
    pub fn pong(&mut self) {
        self.out.extend_from_slice(b"+PONG\r\n");
    }

    /// A status of one line. Line ends in it become spaces.
    pub fn simple(&mut self, text: impl Display) {
        self.line(b'+', text);
    }

    /// An error of one line that begins with its code word. Line ends in it become spaces, as in
    /// Redis: what a client sent must not be able to end the reply that repeats it.
    pub fn error(&mut self, error: impl Display) {
        self.line(b'-', error);
    }

    /// A number.
    #[inline]
    pub fn integer(&mut self, value: i64) {
        self.resp2(&Resp2Frame::Integer(value));
    }

    /// Any bytes.
    // Written directly: 5 ns for 100 bytes against 35 by way of a frame, once for each field of
    // each entry that is read. A property test holds it to `redis-protocol`.
    #[inline]
    pub fn bulk(&mut self, bytes: &[u8]) {
        self.header(b'$', bytes.len());
        self.out.extend_from_slice(bytes);
        self.out.extend_from_slice(b"\r\n");
    }

    /// Text for people, such as INFO; a bulk string in RESP2.
    pub fn verbatim(&mut self, text: &str) {
        match self.protocol {
            Protocol::Resp2 => self.bulk(text.as_bytes()),
            Protocol::Resp3 => self.resp3(&Resp3Frame::VerbatimString {
                data: text.as_bytes(),
                format: VerbatimStringFormat::Text,
                attributes: None,
            }),
        }
    }

    /// No value: a null bulk string in RESP2.
    #[inline]
    pub fn null(&mut self) {
        self.out.extend_from_slice(match self.protocol {
            Protocol::Resp2 => b"$-1\r\n",
            Protocol::Resp3 => b"_\r\n",
        });
    }

    /// No array, as XREAD answers when its time is up: a null array in RESP2.
    pub fn null_array(&mut self) {
        self.out.extend_from_slice(match self.protocol {
            Protocol::Resp2 => b"*-1\r\n",
            Protocol::Resp3 => b"_\r\n",
        });
    }

    /// True or false; 1 or 0 in RESP2.
    pub fn boolean(&mut self, value: bool) {
        match self.protocol {
            Protocol::Resp2 => self.integer(i64::from(value)),
            Protocol::Resp3 => self.resp3(&Resp3Frame::Boolean { data: value, attributes: None }),
        }
    }

    /// A number with a fraction, written so that it reads back the same; text in RESP2.
    pub fn double(&mut self, value: f64) {
        let digits = Digits::of(value);
        match self.protocol {
            Protocol::Resp2 => self.bulk(digits.as_bytes()),
            Protocol::Resp3 => {
                self.out.put_u8(b',');
                self.out.extend_from_slice(digits.as_bytes());
                self.out.extend_from_slice(b"\r\n");
            }
        }
    }

    /// Begins an array of `len` replies.
    #[inline]
    pub fn array(&mut self, len: usize) {
        self.header(b'*', len);
    }

    /// Begins a map of `pairs`, each a key and a value; in RESP2 one flat array of both.
    pub fn map(&mut self, pairs: usize) {
        match self.protocol {
            Protocol::Resp2 => self.header(b'*', 2 * pairs),
            Protocol::Resp3 => self.header(b'%', pairs),
        }
    }

    /// Begins a set of `len` replies; an array in RESP2.
    pub fn set(&mut self, len: usize) {
        self.header_in_resp3(b'~', len);
    }

    /// Begins a push of `len` replies, which answers no command; an array in RESP2.
    pub fn push(&mut self, len: usize) {
        self.header_in_resp3(b'>', len);
    }

    /// Replies that were encoded elsewhere, in this session's version.
    pub fn encoded(&mut self, replies: &[u8]) {
        self.out.extend_from_slice(replies);
    }

    /// Bytes waiting to be written.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing waits to be written.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// The bytes waiting to be written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.out
    }

    /// Forgets the first `written` bytes.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn advance(&mut self, written: usize) {
        self.out.advance(written);
    }

    /// Takes back everything behind the first `len` bytes, to answer an error in place of a reply
    /// that was begun.
    pub fn truncate(&mut self, len: usize) {
        self.out.truncate(len);
    }

    /// Forgets everything, after it was written.
    pub fn clear(&mut self) {
        self.out.clear();
        if self.out.capacity() > ROOM_KEPT_MAX {
            self.out = BytesMut::new();
        }
    }

    /// Gives back room that is not in use: a client that waits needs none.
    pub fn release(&mut self) {
        if self.out.is_empty() {
            self.out = BytesMut::new();
        }
    }

    fn line(&mut self, kind: u8, text: impl Display) {
        self.out.put_u8(kind);
        // A `Display` that fails has said so to nobody but us, and the line must end all the same.
        let _ = write!(OneLine(&mut self.out), "{text}");
        self.out.extend_from_slice(b"\r\n");
    }

    // `redis-protocol` has no headers alone: it would take a `Vec` of all that follows.
    #[inline]
    fn header(&mut self, kind: u8, len: usize) {
        let mut digits = itoa::Buffer::new();
        self.out.put_u8(kind);
        self.out.extend_from_slice(digits.format(len).as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    fn header_in_resp3(&mut self, kind: u8, len: usize) {
        match self.protocol {
            Protocol::Resp2 => self.header(b'*', len),
            Protocol::Resp3 => self.header(kind, len),
        }
    }

    /// For what both versions write alike.
    #[inline]
    fn resp2(&mut self, frame: &Resp2Frame<'_>) {
        resp2::extend_encode_borrowed(&mut self.out, frame, false).expect(INVARIANT);
    }

    fn resp3(&mut self, frame: &Resp3Frame<'_>) {
        resp3::extend_encode_borrowed(&mut self.out, frame, false).expect(INVARIANT);
    }
}
