//! A request typed by a person: words on one line, with quotes where needed.
//!
//! Source of the rules: Redis 7.0 `sds.c`, `sdssplitargs`. The one difference: a zero byte is a
//! byte like any other. Redis takes it for the end of what was received and waits for more.

use super::{super::ProtocolError, Span};

/// Splits a line without quotes: every word is a range of the read buffer.
pub(super) fn split(line: &[u8], spans: &mut Vec<Span>) {
    let mut at = 0;
    while let Some(start) = word_start(line, at) {
        let end =
            line[start..].iter().position(|&b| ends_word(b)).map_or(line.len(), |n| start + n);
        spans.push(Span::new(start, end));
        at = end;
    }
}

/// Splits a line with quotes: the words are written to `words`, and `spans` are ranges of that.
///
/// # Errors
/// A quote that is never closed, or closed in the middle of a word.
pub(super) fn unquote(
    line: &[u8],
    words: &mut Vec<u8>,
    spans: &mut Vec<Span>,
) -> Result<(), ProtocolError> {
    let mut at = 0;
    while let Some(start) = word_start(line, at) {
        let first = words.len();
        at = unquote_word(line, start, words)?;
        spans.push(Span::new(first, words.len()));
    }
    Ok(())
}

fn word_start(line: &[u8], from: usize) -> Option<usize> {
    line[from..].iter().position(|&b| !is_space(b)).map(|n| from + n)
}

/// Writes the word at `at` and returns where it ends.
fn unquote_word(line: &[u8], mut at: usize, words: &mut Vec<u8>) -> Result<usize, ProtocolError> {
    while let Some(&byte) = line.get(at) {
        match byte {
            b'"' => return closed(line, unquote_double(line, at + 1, words)?),
            b'\'' => return closed(line, unquote_single(line, at + 1, words)?),
            _ if ends_word(byte) => break,
            _ => words.push(byte),
        }
        at += 1;
    }
    Ok(at)
}

/// After a closing quote a word must end.
fn closed(line: &[u8], at: usize) -> Result<usize, ProtocolError> {
    if line.get(at).is_none_or(|&b| is_space(b)) {
        Ok(at)
    } else {
        Err(ProtocolError::UnbalancedQuotes)
    }
}

/// Writes what stands between double quotes and returns the place after the closing one.
fn unquote_double(line: &[u8], mut at: usize, words: &mut Vec<u8>) -> Result<usize, ProtocolError> {
    loop {
        let (byte, bytes) = match line[at..] {
            [b'"', ..] => return Ok(at + 1),
            [b'\\', b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                (hex(high) << 4 | hex(low), 4)
            }
            [b'\\', escaped, ..] => (unescape(escaped), 2),
            [byte, ..] => (byte, 1),
            [] => return Err(ProtocolError::UnbalancedQuotes),
        };
        words.push(byte);
        at += bytes;
    }
}

/// Writes what stands between single quotes, where only `\'` is an escape.
fn unquote_single(line: &[u8], mut at: usize, words: &mut Vec<u8>) -> Result<usize, ProtocolError> {
    loop {
        let (byte, bytes) = match line[at..] {
            [b'\'', ..] => return Ok(at + 1),
            [b'\\', b'\'', ..] => (b'\'', 2),
            [byte, ..] => (byte, 1),
            [] => return Err(ProtocolError::UnbalancedQuotes),
        };
        words.push(byte);
        at += bytes;
    }
}

fn unescape(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 0x08,
        b'a' => 0x07,
        other => other,
    }
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

/// C's `isspace`.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Fewer bytes end a word than may stand between words: a vertical tab or form feed does not.
fn ends_word(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
