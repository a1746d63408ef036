//! Which keys may be touched.

use crate::message::fits_pattern;

/// A pattern of keys, in which `*` stands for any bytes and nothing else is special.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPattern(String);

impl KeyPattern {
    /// Takes a pattern; every string is one.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// True if `key` fits.
    pub fn matches(&self, key: &[u8]) -> bool {
        fits_pattern(&self.0, key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_keys() {
        for (pattern, key, fits) in [
            ("tb:*", "tb:app", true),
            ("tb:*", "tb:", true),
            ("tb:*", "xtb:app", false),
            ("tb:app", "tb:app", true),
            ("tb:app", "tb:app2", false),
            ("*:app:*", "tb:app:1", true),
            ("*:app:*", "tb:app", false),
            ("a*b*a", "aba", true),
            ("a*a", "a", false),
            ("tb:?", "tb:1", false),
            ("*", "", true),
            ("", "x", false),
        ] {
            let matches = KeyPattern::new(pattern).matches(key.as_bytes());
            assert_eq!(matches, fits, "{pattern} on {key}");
        }
        assert!(KeyPattern::new("tb:*").matches(b"tb:\xff\n"));
    }
}
