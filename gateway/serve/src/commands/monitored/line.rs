//! The line of one request.
//!
//! ```text
//! +1700000000.123456 [0 127.0.0.1:51234] "XADD" "orders" "*" "value" "x"
//! ```

use std::{io::Write as _, time::Duration};

use bytes::{BufMut as _, BytesMut};

use crate::{
    clients::Peer,
    commands::{secrets::credentials, spec::Request},
};

/// Shown in place of credentials.
const REDACTED: &[u8] = b"(redacted)";

/// Appends the line; `now` is the time since 1970.
pub(super) fn write(out: &mut BytesMut, now: Duration, peer: &Peer, request: &Request<'_>) {
    let mut out = out.writer();
    let (secs, micros) = (now.as_secs(), now.subsec_micros());
    let written = if peer.address.contains(':') {
        write!(out, "+{secs}.{micros:06} [0 {}]", peer.address)
    } else {
        let path = peer.local.strip_suffix(":0").unwrap_or(&peer.local);
        write!(out, "+{secs}.{micros:06} [0 unix:{path}]")
    };
    written.expect("memory can be written to");
    let out = out.into_inner();
    let mut is_secret = credentials(request.registry);
    for arg in request.args.iter() {
        out.put_u8(b' ');
        quote(out, if is_secret(arg) { REDACTED } else { arg });
    }
    out.put_slice(b"\r\n");
}

/// Writes a word in Redis' quotes: every byte that is not plain ASCII is escaped.
fn quote(out: &mut BytesMut, word: &[u8]) {
    out.reserve(word.len() + 2);
    out.put_u8(b'"');
    for &byte in word {
        match byte {
            b'"' | b'\\' => out.put_slice(&[b'\\', byte]),
            b'\n' => out.put_slice(b"\\n"),
            b'\r' => out.put_slice(b"\\r"),
            b'\t' => out.put_slice(b"\\t"),
            0x07 => out.put_slice(b"\\a"),
            0x08 => out.put_slice(b"\\b"),
            b' '..=b'~' => out.put_u8(byte),
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
                out.put_slice(&[b'\\', b'x', DIGITS[high], DIGITS[low]]);
            }
        }
    }
    out.put_u8(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        commands::registry,
        resp::{Decoder, Limits, Scan},
    };

    fn shown(request: &[u8]) -> String {
        let mut decoder = Decoder::new();
        let Ok(Scan::Complete { .. }) = decoder.scan(request, &Limits::AUTHENTICATED) else {
            panic!("{request:?} is a request");
        };
        let peer = Peer { address: "127.0.0.1:5".into(), local: "127.0.0.1:6380".into(), fd: 1 };
        let (registry, args) = (registry(), decoder.args(request));
        let command = registry.find(&args[0]).expect("it names a command");
        let request = Request { args, command, registry };
        let mut out = BytesMut::new();
        write(&mut out, Duration::from_micros(1_700_000_000_000_012), &peer, &request);
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn a_command_is_shown_in_redis_quotes() {
        assert_eq!(
            shown(b"xadd \"a b\" * f \"\\x00\\a\\b\\t\\n\\r\\x1b\\\"\\\\\xc3\x7f\"\r\n"),
            "+1700000000.000012 [0 127.0.0.1:5] \"xadd\" \"a b\" \"*\" \"f\" \
             \"\\x00\\a\\b\\t\\n\\r\\x1b\\\"\\\\\\xc3\\x7f\"\r\n"
        );
    }

    #[test]
    fn credentials_are_not_shown_whatever_their_form() {
        for (request, wanted) in [
            ("auth p", r#""auth" "(redacted)""#),
            ("AUTH u p", r#""AUTH" "(redacted)" "(redacted)""#),
            ("AUTH u p more", r#""AUTH" "(redacted)" "(redacted)" "(redacted)""#),
            (
                "HELLO 3 SETNAME n AUTH u p SETNAME m",
                r#""HELLO" "3" "SETNAME" "n" "AUTH" "(redacted)" "(redacted)" "SETNAME" "m""#,
            ),
            ("HELLO 3 AUTH p", r#""HELLO" "3" "AUTH" "(redacted)""#),
            ("HELLO auth u p", r#""HELLO" "auth" "(redacted)" "(redacted)""#),
            ("EXPLAIN JSON AUTH p", r#""EXPLAIN" "JSON" "AUTH" "(redacted)""#),
            ("EXPLAIN ECHO AUTH", r#""EXPLAIN" "ECHO" "AUTH""#),
            ("ECHO AUTH p", r#""ECHO" "AUTH" "p""#),
        ] {
            let shown = shown(format!("{request}\r\n").as_bytes());
            assert_eq!(shown.split_once("] ").unwrap().1.trim_end(), wanted, "{request}");
        }
    }
}
