//! Topic names, and the patterns that grants and plugin settings use for them.

use std::{borrow::Borrow, fmt, sync::Arc};

use memchr::memmem;
use thiserror::Error;

/// Longest topic name, in bytes. Source: Kafka, `org.apache.kafka.common.internals.Topic`.
pub const TOPIC_NAME_BYTES_MAX: usize = 249;

/// How the names of the gateway's own topics begin.
pub const INTERNAL_PREFIX: &str = "__sluicegate.";

/// A legal topic name: 1 to 249 of `[a-zA-Z0-9._-]`, and neither `.` nor `..`.
///
/// Cheap to clone. Source: Kafka's own rule, so that a name works on every broker.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicName(Arc<str>);

/// Why a name is not a topic name.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "invalid topic name: use 1 to 249 characters of a-z, A-Z, 0-9, '.', '_' and '-', and not '.' or '..'"
)]
pub struct TopicError;

impl TopicName {
    /// Checks `name` and takes a copy of it.
    ///
    /// # Errors
    /// [`TopicError`] if Kafka would not take the name.
    pub fn new(name: impl AsRef<[u8]>) -> Result<Self, TopicError> {
        let name = name.as_ref();
        let legal = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if name.is_empty() || name.len() > TOPIC_NAME_BYTES_MAX || !name.iter().all(legal) {
            return Err(TopicError);
        }
        if matches!(name, b"." | b"..") {
            return Err(TopicError);
        }
        let name = std::str::from_utf8(name).map_err(|_| TopicError)?;
        Ok(Self(Arc::from(name)))
    }

    /// Is it one of the gateway's own topics, which no client sees?
    pub fn is_internal(&self) -> bool {
        self.0.starts_with(INTERNAL_PREFIX)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for TopicName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which topics something is about: a name in which each `*` stands for any characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicPattern(String);

impl TopicPattern {
    /// Takes a pattern; every string is one.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if `topic` fits.
    pub fn matches(&self, topic: &str) -> bool {
        fits_pattern(&self.0, topic.as_bytes())
    }
}

/// True if all of `text` fits `pattern`, in which `*` stands for any bytes and nothing else is special.
/// Linear in both lengths for one `*`, quadratic at worst.
pub fn fits_pattern(pattern: &str, text: &[u8]) -> bool {
    let mut parts = pattern.split('*').map(str::as_bytes).peekable();
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = memmem::find(rest, part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_as_a_shell_would() {
        for (pattern, topic, fits) in [
            ("*", "orders", true),
            ("orders", "orders", true),
            ("orders", "orders2", false),
            ("or*", "orders", true),
            ("*ers", "orders", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("ab*ba", "aba", false),
            ("", "", true),
        ] {
            assert_eq!(TopicPattern::new(pattern).matches(topic), fits, "{pattern} on {topic}");
        }
    }

    #[test]
    fn a_name_is_legal_exactly_where_kafka_says_so() {
        for good in ["a", "A.b_c-9", &"x".repeat(249)] {
            assert!(TopicName::new(good).is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "a:1", "a b", "ä", &"x".repeat(250)] {
            assert_eq!(TopicName::new(bad), Err(TopicError), "{bad}");
        }
    }
}
