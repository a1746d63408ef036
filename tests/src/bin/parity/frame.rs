//! One reply without loss: every byte of it can be told from its parts.

use std::fmt;

use memchr::memmem;

/// A reply of RESP2 or RESP3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// One line: `+OK`, `-ERR …`, `:1`, `_`, `#t`, `,1.5`, `(123`.
    Line(u8, Vec<u8>),
    /// So many bytes: `$…`, `=…`, `!…`.
    Blob(u8, Vec<u8>),
    /// `$-1` or `*-1`.
    Null(u8),
    /// `*…`, `~…`, `>…`; `%…` with twice as many items as it says.
    List(u8, Vec<Frame>),
}

/// Bytes that begin no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl Frame {
    /// Reads one reply from the front of `bytes`, and how many it takes; `None` if more are needed.
    ///
    /// # Errors
    /// If that will never be a reply.
    pub(crate) fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, Broken> {
        let Some(&kind) = bytes.first() else { return Ok(None) };
        let Some(end) = memmem::find(bytes, b"\r\n") else {
            // Lines of replies are short, but for errors that repeat what they were told.
            return if bytes.len() > 1 << 20 { Err(Broken) } else { Ok(None) };
        };
        // A line end where a reply should begin.
        let line = bytes.get(1..end).ok_or(Broken)?;
        let next = end + 2;
        match kind {
            b'+' | b'-' | b':' | b'_' | b'#' | b',' | b'(' => {
                Ok(Some((Self::Line(kind, line.to_vec()), next)))
            }
            b'$' | b'=' | b'!' => {
                let Some(length) = length(line)? else {
                    return Ok(Some((Self::Null(kind), next)));
                };
                let Some(content) = bytes.get(next..next + length + 2) else { return Ok(None) };
                let content = content.strip_suffix(b"\r\n").ok_or(Broken)?;
                Ok(Some((Self::Blob(kind, content.to_vec()), next + length + 2)))
            }
            b'*' | b'~' | b'>' | b'%' => {
                let Some(count) = length(line)? else {
                    return Ok(Some((Self::Null(kind), next)));
                };
                let count = if kind == b'%' { 2 * count } else { count };
                Self::read_items(bytes, count, next)
                    .map(|read| read.map(|(items, next)| (Self::List(kind, items), next)))
            }
            _ => Err(Broken),
        }
    }

    fn read_items(
        bytes: &[u8],
        count: usize,
        start: usize,
    ) -> Result<Option<(Vec<Self>, usize)>, Broken> {
        let (mut items, mut next) = (Vec::new(), start);
        for _ in 0..count {
            let Some((item, used)) = Self::read(&bytes[next..])? else { return Ok(None) };
            items.push(item);
            next += used;
        }
        Ok(Some((items, next)))
    }

    /// Does any part of it hold these bytes?
    pub(crate) fn holds(&self, wanted: &[u8]) -> bool {
        match self {
            Self::Line(_, text) | Self::Blob(_, text) => find(text, wanted).is_some(),
            Self::Null(_) => false,
            Self::List(_, items) => items.iter().any(|item| item.holds(wanted)),
        }
    }

    /// Is it an error as a whole?
    pub(crate) fn is_error(&self) -> bool {
        matches!(self, Self::Line(b'-', _) | Self::Blob(b'!', _))
    }

    /// Is it exactly this line?
    pub(crate) fn is_line(&self, kind: u8, text: &[u8]) -> bool {
        matches!(self, Self::Line(found, line) if *found == kind && line == text)
    }

    /// Every text within it, to be changed in place.
    pub(crate) fn each_text(&mut self, change: &mut impl FnMut(&mut Vec<u8>)) {
        match self {
            Self::Line(_, text) | Self::Blob(_, text) => change(text),
            Self::Null(_) => {}
            Self::List(_, items) => items.iter_mut().for_each(|item| item.each_text(change)),
        }
    }

    /// Every list within it, the innermost last.
    pub(crate) fn each_list(&mut self, change: &mut impl FnMut(&mut Vec<Frame>)) {
        if let Self::List(_, items) = self {
            change(items);
            items.iter_mut().for_each(|item| item.each_list(change));
        }
    }
}

/// A length or count; `None` for -1.
fn length(line: &[u8]) -> Result<Option<usize>, Broken> {
    let text = std::str::from_utf8(line).map_err(|_| Broken)?;
    if text == "-1" { Ok(None) } else { text.parse().map(Some).map_err(|_| Broken) }
}

/// Where `wanted` begins in `bytes`.
pub(crate) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memmem::find(bytes, wanted)
}

/// One line a part, items below their list. Whole: two replies are the same if these texts are.
impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl Frame {
    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let indent = "  ".repeat(depth);
        match self {
            Self::Line(kind, text) => {
                writeln!(f, "{indent}{}{}", char::from(*kind), text.escape_ascii())
            }
            Self::Blob(kind, text) => {
                let kind = char::from(*kind);
                let lines = text.split(|byte| *byte == b'\n');
                let lines: Vec<_> = lines.map(|line| line.escape_ascii().to_string()).collect();
                writeln!(f, "{indent}{kind}\"{}\"", lines.join(&format!("\n{indent} ")))
            }
            Self::Null(kind) => writeln!(f, "{indent}{}-1", char::from(*kind)),
            Self::List(kind, items) => {
                writeln!(f, "{indent}{}{}", char::from(*kind), items.len())?;
                items.iter().try_for_each(|item| item.write(f, depth + 1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_reply_is_read_and_none_before_its_last_byte() {
        let wire =
            b"*6\r\n+OK\r\n$2\r\n\xff\n\r\n$-1\r\n_\r\n%1\r\n$1\r\na\r\n=5\r\ntxt:b\r\n*-1\r\n";
        for cut in 0..wire.len() {
            assert_eq!(Frame::read(&wire[..cut]), Ok(None), "{cut}");
        }
        let (frame, used) = Frame::read(wire).unwrap().unwrap();
        assert_eq!(used, wire.len());
        assert!(frame.holds(b"txt:b") && !frame.holds(b"c"));
        let Frame::List(b'*', items) = &frame else { panic!("{frame}") };
        assert_eq!(items[2], Frame::Null(b'$'));
        assert_eq!(items[5], Frame::Null(b'*'), "the two nulls can be told apart");
    }

    #[test]
    fn the_text_of_a_long_reply_is_whole() {
        let text = |end: &[u8]| Frame::Blob(b'$', [&[b'x'; 5_000], end].concat()).to_string();
        assert_ne!(text(b"a"), text(b"b"));
    }

    #[test]
    fn what_is_no_reply_is_said() {
        for wire in [&b"HTTP/1.1 200\r\n"[..], b"*x\r\n", b"$3\r\nabcd\r\n", b"\r\n"] {
            assert_eq!(Frame::read(wire), Err(Broken), "{wire:?}");
        }
    }
}
