//! Passwords in URLs (`mysql://user:PASSWORD@host`) and databus DSNs (`key:SECRET@group/topic=…`).

use std::{borrow::Cow, ops::Range};

use super::MASK;

/// The text without the passwords of the addresses in it.
pub(super) fn mask(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        match password(word) {
            Some(range) => masked.extend([&word[..range.start], MASK, &word[range.end..]]),
            None => masked.push_str(word),
        }
    }
    if masked == text { Cow::Borrowed(text) } else { Cow::Owned(masked) }
}

/// Where the password of an address lies.
fn password(word: &str) -> Option<Range<usize>> {
    let (start, end) = match word.split_once("://") {
        Some((scheme, rest)) => {
            let start = scheme.len() + 3;
            // A password may hold a slash: what comes before the last `@` that a host follows.
            (start, start + rest.rfind('@')?)
        }
        None => (0, word[..databus_path(word)?].rfind('@')?),
    };
    let colon = start + word[start..end].find(':')?;
    // `host:80/a@b` has a port, and no password.
    let port = word[colon + 1..end].split_once('/').map_or("", |(port, _)| port);
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    (!is_port).then_some(colon + 1..end)
}

/// Where `/topic=…&role=…` begins, in whatever order.
fn databus_path(word: &str) -> Option<usize> {
    ["/topic=", "/role="].iter().filter_map(|start| word.rfind(start)).min()
}
