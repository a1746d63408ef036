//! Reads `tests/corpus/*.txt`: bytes that a client may send, and what must come of them.
//!
//! The format is described at the top of `corpus/malformed.txt`. Two places read it: the
//! scanner's own test, which feeds the bytes to it, and the test that sends them to a running
//! gateway. This file knows nothing but `std`, so that both can include it.

/// One case of a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// A sentence about what is sent; unique in its file.
    pub name: String,
    /// Line of the file on which the case begins, from 1.
    pub line: usize,
    /// Which clients send it.
    pub when: When,
    /// Whether a test over a socket sends one byte a packet.
    pub is_split: bool,
    /// What is sent.
    pub bytes: Vec<u8>,
    /// What must come of it, in order.
    pub want: Vec<Want>,
}

/// Which clients a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Clients that have not said who they are.
    Before,
    /// Clients that have.
    After,
    /// Both.
    Any,
}

/// What must come of a part of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// A request of these arguments: it gets one reply, whatever that says.
    Request(Vec<Vec<u8>>),
    /// A request of so many arguments: it gets one reply, whatever that says.
    Arguments(usize),
    /// Nothing: no reply, and the connection works on.
    Ignored,
    /// An error reply that begins with `-ERR ` and these words; then the gateway closes.
    Refused(String),
    /// No reply yet, because the request is not complete; the gateway waits.
    Incomplete,
}

impl Case {
    /// How many replies a client must get.
    pub fn replies(&self) -> usize {
        self.want.iter().filter(|w| !matches!(w, Want::Ignored | Want::Incomplete)).count()
    }

    /// Whether the gateway must close the connection.
    pub fn is_closed(&self) -> bool {
        matches!(self.want.last(), Some(Want::Refused(_)))
    }

    /// Whether another command on the same connection must be answered.
    pub fn is_usable(&self) -> bool {
        !matches!(self.want.last(), Some(Want::Refused(_) | Want::Incomplete))
    }
}

/// Reads a whole corpus.
///
/// # Errors
/// `line N: what is wrong`, for the first line that is.
pub fn parse(text: &str) -> Result<Vec<Case>, String> {
    let mut cases: Vec<Case> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        read_line(line, index + 1, &mut cases).map_err(|e| format!("line {}: {e}", index + 1))?;
    }
    match cases.iter().find(|case| case.bytes.is_empty() || case.want.is_empty()) {
        Some(case) => Err(format!("line {}: `{}` sends or wants nothing", case.line, case.name)),
        None => Ok(cases),
    }
}

fn read_line(line: &str, number: usize, cases: &mut Vec<Case>) -> Result<(), String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    if word == "case" {
        if cases.iter().any(|case| case.name == rest) {
            return Err(format!("`{rest}` is there twice"));
        }
        cases.push(Case::new(rest, number));
        return Ok(());
    }
    let case = cases.last_mut().ok_or("the first line must begin with `case`")?;
    match (word, rest) {
        ("when", "before") => case.when = When::Before,
        ("when", "after") => case.when = When::After,
        ("packets", "bytes") => case.is_split = true,
        ("send", bytes) => case.bytes.extend(unescape(bytes)?),
        ("want", want) => case.want.push(Want::parse(want)?),
        _ => return Err(format!("`{line}` is not a line of a case")),
    }
    Ok(())
}

impl Case {
    fn new(name: &str, line: usize) -> Self {
        let (bytes, want) = (Vec::new(), Vec::new());
        Self { name: name.to_owned(), line, when: When::Any, is_split: false, bytes, want }
    }
}

impl Want {
    fn parse(text: &str) -> Result<Self, String> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        match word {
            "request" => Ok(Self::Request(quoted(rest)?)),
            "arguments" => rest.parse().map(Self::Arguments).map_err(|e| format!("`{rest}`: {e}")),
            "ignored" => Ok(Self::Ignored),
            "refused" => Ok(Self::Refused(rest.to_owned())),
            "incomplete" => Ok(Self::Incomplete),
            _ => Err(format!("`{word}` cannot be wanted")),
        }
    }
}

/// Reads `[one] [two]`.
fn quoted(text: &str) -> Result<Vec<Vec<u8>>, String> {
    let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let inner = inner.ok_or_else(|| format!("`{text}` is not a list of [arguments]"))?;
    inner.split("] [").map(unescape).collect()
}

/// Turns escapes and repetitions into bytes.
fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        rest = if let Some(repeat) = escape.strip_prefix('{') {
            let (repeat, behind) = repeat.split_once('}').ok_or("a `\\{` without `}`")?;
            let (count, inner) = repeat.split_once(' ').ok_or("`\\{COUNT BYTES}` wants a space")?;
            let count = count.parse().map_err(|e| format!("`{count}`: {e}"))?;
            bytes.extend(unescape(inner)?.repeat(count));
            behind
        } else {
            let (byte, behind) = escaped(escape).ok_or_else(|| format!("`\\{escape}`"))?;
            bytes.push(byte);
            behind
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// The byte that an escape stands for, and what follows it.
fn escaped(escape: &str) -> Option<(u8, &str)> {
    if let Some(hex) = escape.strip_prefix('x') {
        return Some((u8::from_str_radix(hex.get(..2)?, 16).ok()?, &hex[2..]));
    }
    let byte = match escape.chars().next()? {
        'r' => b'\r',
        'n' => b'\n',
        't' => b'\t',
        '\\' => b'\\',
        _ => return None,
    };
    Some((byte, &escape[1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_repetitions_become_bytes() {
        assert_eq!(unescape(r"a\r\n\x00\\b").unwrap(), b"a\r\n\0\\b");
        assert_eq!(unescape(r"<\{3 a\n}>").unwrap(), b"<a\na\na\n>");
        assert_eq!(quoted(r"[PING] [] [a b]").unwrap(), [&b"PING"[..], b"", b"a b"]);
        for bad in [r"\q", r"\x1", r"\{3 a", r"\{x a}", "\\"] {
            assert!(unescape(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_case_that_says_nothing_is_an_error_with_its_line() {
        for (text, line) in
            [("send a", "line 1"), ("\ncase a\nwant ignored", "line 2"), ("case a\nwhat", "line 2")]
        {
            assert!(parse(text).unwrap_err().starts_with(line), "{text}");
        }
    }
}
