//! Words as they are typed: the way back from words to a line of a conversation.

use std::fmt::Write as _;

/// Appends a word with the quotes and escapes that it needs, and no others.
pub(super) fn word(out: &mut String, word: &[u8]) {
    let is_plain = |byte: &u8| matches!(byte, b'!'..=b'~') && !b"\"'\\".contains(byte);
    match std::str::from_utf8(word) {
        Ok(text) if !word.is_empty() && word.iter().all(is_plain) => out.push_str(text),
        // JSON and patterns are read more easily without escapes.
        Ok(text) if text.contains(['"', '\\']) && fits_single_quotes(text) => {
            out.push('\'');
            out.push_str(text);
            out.push('\'');
        }
        Ok(text) => {
            out.push('"');
            text.chars().for_each(|c| escape(out, c));
            out.push('"');
        }
        Err(_) => {
            out.push('"');
            for &byte in word {
                if byte.is_ascii() { escape(out, char::from(byte)) } else { hex(out, byte) }
            }
            out.push('"');
        }
    }
}

/// Between single quotes only `\'` is an escape, and nothing may end the line.
fn fits_single_quotes(text: &str) -> bool {
    !text.contains('\'') && !text.ends_with('\\') && !text.contains(char::is_control)
}

fn escape(out: &mut String, c: char) {
    match c {
        '"' | '\\' => out.extend(['\\', c]),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if c.is_control() => c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| hex(out, byte)),
        _ => out.push(c),
    }
}

fn hex(out: &mut String, byte: u8) {
    write!(out, "\\x{byte:02x}").expect("a text can be written to");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use sluicegate::resp;

    use crate::conversation::{LineAction, Script};

    fn line(words: &[Vec<u8>]) -> String {
        let mut line = String::new();
        for bytes in words {
            line.push(' ');
            word(&mut line, bytes);
        }
        line
    }

    #[test]
    fn words_have_the_quotes_that_they_need() {
        for (bytes, typed) in [
            (&b"orders:2"[..], "orders:2"),
            (b"", "\"\""),
            (b"a b", "\"a b\""),
            (b"{\"a\": \"\\n\"}", r#"'{"a": "\n"}'"#),
            (b"it's", "\"it's\""),
            (b"'\"", r#""'\"""#),
            (b"\\", r#""\\""#),
            ("größer".as_bytes(), "\"größer\""),
            (b"\xff\x00\n", r#""\xff\x00\n""#),
        ] {
            let mut out = String::new();
            word(&mut out, bytes);
            assert_eq!(out, typed);
        }
    }

    proptest! {
        #[test]
        fn a_typed_line_gives_the_same_bytes_back(
            words in prop::collection::vec(
                prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..20),
                    "[ \\\\'\"a#@>\\n\\r\\t\u{85}\u{2028}{}$]{0,12}".prop_map(String::into_bytes),
                    "\\PC{0,12}".prop_map(String::into_bytes),
                ],
                1..6,
            )
        ) {
            let typed = line(&words);
            prop_assert_eq!(&resp::words(typed.as_bytes()).unwrap(), &words);
            let script = Script::parse(&format!("client-2>{typed}\n")).unwrap();
            let said = LineAction::Send { client: "client-2".into(), args: words };
            prop_assert_eq!(&script.lines[0].action, &said);
        }
    }
}
