//! Bytes as printable text: in quotes, as the JSON that they are, or in rows of hexadecimal digits.

use bytes::Bytes;
use serde_json::Value;

/// Most bytes of one key, header, value or line that are shown; what is left is counted. A page on
/// a screen, and enough for what people write by hand.
pub(super) const SHOWN_BYTES_MAX: usize = 4096;
/// Bytes of one row of hexadecimal digits.
pub(super) const ROW_BYTES: usize = 16;

/// What bytes are.
#[derive(Debug)]
pub(super) enum Form {
    /// A JSON object or array. Other JSON is text: `5` and `"5"` are told apart by quotes then.
    Json(Value),
    /// Text without control characters but tabs and line ends.
    Text,
    /// Anything else.
    Binary,
}

impl Form {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(bytes) else { return Self::Binary };
        if let Some(json) = compound(text) {
            return Self::Json(json);
        }
        let is_text = text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r'));
        if is_text { Self::Text } else { Self::Binary }
    }
}

fn compound(text: &str) -> Option<Value> {
    let is_compound = text.trim_start().starts_with(['{', '[']);
    is_compound.then(|| serde_json::from_str(text).ok()).flatten()
}

/// A whole value: JSON as it is, text in quotes, else rows of digits; never without a line.
pub(super) fn whole(value: Option<&[u8]>) -> Vec<String> {
    match value.map(|bytes| (bytes, Form::of(bytes))) {
        Some((bytes, Form::Binary)) => {
            let shown = &bytes[..bytes.len().min(SHOWN_BYTES_MAX)];
            let rows = shown.chunks(ROW_BYTES).enumerate();
            let mut rows: Vec<_> = rows.map(|(at, chunk)| row(at * ROW_BYTES, chunk)).collect();
            rows.extend(more(bytes.len().saturating_sub(SHOWN_BYTES_MAX)));
            rows
        }
        Some((bytes, Form::Json(_) | Form::Text)) => vec![one_line(bytes)],
        None => vec![NULL.to_owned()],
    }
}

/// A tombstone's value, or no key.
const NULL: &str = "(null)";

/// What is not shown.
pub(super) fn more(bytes: usize) -> Option<String> {
    (bytes > 0).then(|| format!("… {bytes} bytes more"))
}

/// Optional bytes on one line.
pub fn inline(bytes: Option<&Bytes>) -> String {
    bytes.map_or_else(|| NULL.to_owned(), |bytes| one_line(bytes))
}

/// JSON as it is where it is one printable line, else text in quotes.
pub(super) fn one_line(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.trim() == *text);
    match text.filter(|text| compound(text).is_some()) {
        Some(json) if escaped(bytes, &[]) == json => plain(json),
        Some(_) | None => quoted(bytes),
    }
}

/// In quotes, with what cannot be printed escaped.
fn quoted(bytes: &[u8]) -> String {
    let (shown, mark) = shown(bytes);
    format!("\"{}\"{mark}", escaped(shown, &['"', '\\']))
}

/// As it is, with what cannot be printed escaped.
pub fn plain(text: impl AsRef<[u8]>) -> String {
    let (shown, mark) = shown(text.as_ref());
    escaped(shown, &[]) + &mark
}

/// What is shown of a line, and what is said about the rest.
fn shown(bytes: &[u8]) -> (&[u8], String) {
    let (shown, left) = cut(bytes, SHOWN_BYTES_MAX);
    (shown, more(left).map(|mark| format!(" {mark}")).unwrap_or_default())
}

/// At most `max` bytes from the beginning, not ending within a character; and how many are left.
pub(super) fn cut(bytes: &[u8], max: usize) -> (&[u8], usize) {
    if bytes.len() <= max {
        return (bytes, 0);
    }
    let is_within = |at: &usize| bytes[*at] & 0b1100_0000 == 0b1000_0000;
    // A character has at most four bytes.
    let end = (max.saturating_sub(3)..=max).rev().find(|at| !is_within(at)).unwrap_or(max);
    (&bytes[..end], bytes.len() - end)
}

/// `\n`, `\x1b`, `\u{202e}`; and a backslash before each of `marks`.
fn escaped(bytes: &[u8], marks: &[char]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' | '\r' | '\t' => text.extend(c.escape_default()),
                c if c.is_ascii_control() => text.push_str(&format!("\\x{:02x}", u32::from(c))),
                c if marks.contains(&c) => text.extend(['\\', c]),
                c if c.is_ascii() => text.push(c),
                // The standard library knows which characters show nothing or turn a line around.
                c => text.extend(c.escape_debug()),
            }
        }
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

/// `00000000  0a 05 68 65 6c 6c 6f  |..hello|`.
pub(super) fn row(offset: usize, bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let is_shown = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let letters: String =
        bytes.iter().map(|byte| if is_shown(byte) { char::from(*byte) } else { '.' }).collect();
    format!("{offset:08x}  {:<47}  |{letters}|", digits.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_as_what_it_is() {
        for (bytes, lines) in [
            (&b"{\"a\": 1}"[..], &["{\"a\": 1}"][..]),
            (b"{\"n\":12345678901234567890123}", &["{\"n\":12345678901234567890123}"]),
            (b"{\n}", &[r#""{\n}""#]),
            (b"{} ", &[r#""{} ""#]),
            (b"{\"a\":", &[r#""{\"a\":""#]),
            (b"5", &[r#""5""#]),
            (b"", &[r#""""#]),
            (b"a \"b\"\\\n", &[r#""a \"b\"\\\n""#]),
            ("caf\u{e9} \u{202e}".as_bytes(), &[r#""café \u{202e}""#]),
            (
                b"\x0a\x05hello\x00",
                &["00000000  0a 05 68 65 6c 6c 6f 00                          |..hello.|"],
            ),
            (b"\xff|", &["00000000  ff 7c                                            |.||"]),
        ] {
            assert_eq!(whole(Some(bytes)), lines);
        }
        assert_eq!(whole(None), ["(null)"]);
    }

    #[test]
    fn what_is_long_is_cut_and_counted() {
        let text = "é".repeat(3000);
        assert_eq!(whole(Some(text.as_bytes())).len(), 1);
        assert!(whole(Some(text.as_bytes()))[0].ends_with("é\" … 1904 bytes more"));
        let json = format!("[{text:?}]");
        assert!(whole(Some(json.as_bytes()))[0].ends_with("é … 1908 bytes more"));
        let rows = whole(Some(&[0xff; 5000]));
        assert_eq!((rows.len(), rows[256].as_str()), (257, "… 904 bytes more"));
        let odd = [0x80; 5000];
        assert_eq!(cut(&odd, SHOWN_BYTES_MAX).0.len(), SHOWN_BYTES_MAX, "no characters at all");
    }

    #[test]
    fn a_key_is_one_line() {
        assert_eq!(inline(Some(&Bytes::from_static(b"\xff\x1b[1m"))), r#""\xff\x1b[1m""#);
        assert_eq!(inline(Some(&Bytes::from_static(b"[1]"))), "[1]");
        assert_eq!(inline(None), "(null)");
        assert_eq!(plain("a\tb\u{7f}\u{85}"), r"a\tb\x7f\u{85}");
    }
}
