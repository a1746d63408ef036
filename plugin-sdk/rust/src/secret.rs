//! Comparing secrets without telling how near a guess was.

use std::fmt;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// What the secret of a login is compared with.
pub trait Secret {
    /// Is `guess` the secret? Must take the same time for every guess of one length.
    fn is(&self, guess: &str) -> bool;
}

/// A secret that was known in the clear, kept as its SHA-256: all have one length.
///
/// In settings it is a text: `secret = "${TILL_SECRET}"`. An empty one is refused.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Plain([u8; 32]);

impl Plain {
    /// Keeps what the secret is known by; the secret itself can be forgotten.
    pub fn new(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }
}

impl Secret for Plain {
    fn is(&self, guess: &str) -> bool {
        Self::new(guess).0.ct_eq(&self.0).into()
    }
}

/// Compares two texts without telling where they differ.
pub fn is_same(left: &str, right: &str) -> bool {
    Plain::new(left).is(right)
}

impl TryFrom<String> for Plain {
    type Error = &'static str;

    fn try_from(secret: String) -> Result<Self, Self::Error> {
        if secret.is_empty() { Err("a secret is empty") } else { Ok(Self::new(&secret)) }
    }
}

/// Never printed.
impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Plain, Secret as _, is_same};

    #[test]
    fn only_the_very_same_text_is_the_secret() {
        let secret = Plain::new("s3cret");
        assert!(secret.is("s3cret"));
        for guess in ["", "s3cre", "s3cret ", "S3CRET", "s3cret\0"] {
            assert!(!secret.is(guess), "{guess:?}");
        }
        assert!(is_same("", "") && !is_same("a", "b"));
        assert_eq!(format!("{secret:?}"), "Plain(…)");
    }
}
