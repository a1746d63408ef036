//! Text within replies, written without a detour through a `String`.

use std::fmt::{self, Write};

use bytes::{BufMut, BytesMut};

/// Writes text with its line ends replaced.
pub(super) struct OneLine<'a>(pub(super) &'a mut BytesMut);

impl Write for OneLine<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
            self.0.extend_from_slice(&rest[..at]);
            self.0.put_u8(b' ');
            rest = &rest[at + 1..];
        }
        self.0.extend_from_slice(rest);
        Ok(())
    }
}

/// A double in text. `redis-protocol` would allocate it twice.
pub(super) struct Digits {
    text: [u8; Self::BYTES_MAX],
    len: usize,
}

impl Digits {
    /// Sign, 17 digits, point, `e`, sign and three digits are 24.
    const BYTES_MAX: usize = 32;

    pub(super) fn of(value: f64) -> Self {
        let mut digits = Self { text: [0; Self::BYTES_MAX], len: 0 };
        let magnitude = value.abs();
        // Beyond these Rust would write out every zero, up to 330 bytes.
        let is_short = magnitude == 0.0 || (1e-5..1e17).contains(&magnitude);
        let written = match value {
            _ if value.is_nan() => digits.write_str("nan"),
            _ if value.is_infinite() => digits.write_str(if value > 0.0 { "inf" } else { "-inf" }),
            _ if is_short => write!(digits, "{value}"),
            _ => write!(digits, "{value:e}"),
        };
        written.expect("no double has more digits than there is room for");
        digits
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.text[..self.len]
    }
}

impl Write for Digits {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.text.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}
