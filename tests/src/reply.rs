//! Replies of RESP2 and RESP3, parsed without any help from the gateway's own code.

use std::fmt;

/// One reply. Compares with text: see [`Reply`]'s `Display`.
#[derive(Clone, PartialEq)]
pub enum Reply {
    /// `+OK`
    Simple(String),
    /// `-ERR …`, also RESP3's long form
    Error(String),
    /// `:1`
    Integer(i64),
    /// `$5 hello`; RESP3's verbatim strings too
    Bulk(Vec<u8>),
    /// `$-1`, `*-1`, `_`
    Null,
    /// `*2 …`, RESP3's sets too
    Array(Vec<Reply>),
    /// `%1 …`
    Map(Vec<(Reply, Reply)>),
    /// `>2 …`
    Push(Vec<Reply>),
    /// `,1.5`, `#t` and big numbers, as written
    Other(String),
}

impl Reply {
    /// Reads one reply from the front of `bytes`: the reply and its length.
    ///
    /// `None` if more bytes are needed.
    ///
    /// # Panics
    /// If the bytes are no reply.
    pub fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
        let line = std::str::from_utf8(bytes.get(1..end)?).expect("lines of replies are text");
        let next = end + 2;
        let text = line.to_owned();
        Some(match bytes[0] {
            b'+' => (Self::Simple(text), next),
            b'-' => (Self::Error(text), next),
            b':' => (Self::Integer(number(line)), next),
            b'_' => (Self::Null, next),
            b',' | b'#' | b'(' => (Self::Other(text), next),
            b'$' | b'=' | b'!' => return Self::parse_bulk(bytes, number(line), next),
            b'*' | b'~' => {
                let Ok(count) = usize::try_from(number(line)) else {
                    return Some((Self::Null, next));
                };
                let (items, next) = Self::parse_many(bytes, count, next)?;
                (Self::Array(items), next)
            }
            b'>' => {
                let (items, next) = Self::parse_many(bytes, count(line), next)?;
                (Self::Push(items), next)
            }
            b'%' => {
                let (items, next) = Self::parse_many(bytes, 2 * count(line), next)?;
                let pairs = items.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
                (Self::Map(pairs.collect()), next)
            }
            other => panic!("{:?} begins no reply", char::from(other)),
        })
    }

    /// The text of an error reply.
    pub fn error(&self) -> Option<&str> {
        if let Self::Error(text) = self { Some(text) } else { None }
    }

    /// The bytes of a bulk string.
    ///
    /// # Panics
    /// If it is something else.
    pub fn bytes(&self) -> &[u8] {
        let Self::Bulk(bytes) = self else { panic!("expected a bulk string, got {self}") };
        bytes
    }

    /// The items of an array.
    ///
    /// # Panics
    /// If it is something else.
    pub fn items(&self) -> &[Self] {
        let Self::Array(items) = self else { panic!("expected an array, got {self}") };
        items
    }

    fn shows(&self, text: &str) -> bool {
        self.to_string().as_str() == text
    }

    fn parse_bulk(bytes: &[u8], length: i64, start: usize) -> Option<(Self, usize)> {
        let Ok(length) = usize::try_from(length) else { return Some((Self::Null, start)) };
        let content = bytes.get(start..start + length)?;
        bytes.get(start + length..start + length + 2)?;
        let reply = match bytes[0] {
            b'!' => Self::Error(String::from_utf8_lossy(content).into_owned()),
            b'=' => Self::Bulk(content.get(4..)?.to_vec()), // the format, three letters and `:`
            _ => Self::Bulk(content.to_vec()),
        };
        Some((reply, start + length + 2))
    }

    fn parse_many(bytes: &[u8], count: usize, start: usize) -> Option<(Vec<Self>, usize)> {
        let mut items = Vec::new();
        let mut next = start;
        for _ in 0..count {
            let (item, used) = Self::parse(bytes.get(next..)?)?;
            next += used;
            items.push(item);
        }
        Some((items, next))
    }
}

/// The first character tells the type, as on the wire: `+OK`, `-ERR …`, `:1`, `$text`, `nil`,
/// `[…]`, `{…}`, `>[…]`. Bytes that are not text are escaped.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, items: &[Self]| {
            let items: Vec<_> = items.iter().map(ToString::to_string).collect();
            write!(f, "[{}]", items.join(", "))
        };
        match self {
            Self::Simple(text) => write!(f, "+{text}"),
            Self::Error(text) => write!(f, "-{text}"),
            Self::Integer(number) => write!(f, ":{number}"),
            Self::Bulk(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) if !text.contains(char::is_control) => write!(f, "${text}"),
                _ => write!(f, "${}", bytes.escape_ascii()),
            },
            Self::Null => f.write_str("nil"),
            Self::Array(items) => list(f, items),
            Self::Push(items) => f.write_str(">").and_then(|()| list(f, items)),
            Self::Map(pairs) => {
                let pairs: Vec<_> = pairs.iter().map(|(k, v)| format!("{k}: {v}")).collect();
                write!(f, "{{{}}}", pairs.join(", "))
            }
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl PartialEq<&str> for Reply {
    fn eq(&self, other: &&str) -> bool {
        self.shows(other)
    }
}

impl PartialEq<String> for Reply {
    fn eq(&self, other: &String) -> bool {
        self.shows(other)
    }
}

fn number(line: &str) -> i64 {
    line.parse().unwrap_or_else(|_| panic!("{line:?} is no length"))
}

fn count(line: &str) -> usize {
    usize::try_from(number(line)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_reply_is_read_and_none_before_its_last_byte() {
        let wire = b"*7\r\n+OK\r\n-ERR no\r\n:7\r\n$2\r\n\xff\n\r\n_\r\n%1\r\n$1\r\na\r\n=5\r\ntxt:b\r\n>1\r\n#t\r\n";
        for cut in 0..wire.len() {
            assert_eq!(Reply::parse(&wire[..cut]), None, "{cut}");
        }
        let (reply, used) = Reply::parse(wire).unwrap();
        assert_eq!(used, wire.len());
        assert_eq!(reply, "[+OK, -ERR no, :7, $\\xff\\n, nil, {$a: $b}, >[t]]");
    }

    #[test]
    fn null_comes_in_three_forms() {
        for wire in ["$-1\r\n", "*-1\r\n", "_\r\n"] {
            assert_eq!(Reply::parse(wire.as_bytes()), Some((Reply::Null, wire.len())));
        }
    }
}
