//! Secrets, and comparing them without telling how near a guess was.

use std::fmt;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use sha2::Sha256;
use sluicegate_plugin::secret::{self, Plain};
use subtle::ConstantTimeEq;

/// Most iterations of a hash: a login must end well within the second an authenticator has.
pub(crate) const MAX_ITERATIONS: u32 = 500_000;
/// Fewest: below it a stolen hash is as good as the password.
pub(crate) const MIN_ITERATIONS: u32 = 10_000;
/// Shortest salt.
const MIN_SALT_BYTES: usize = 8;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a password is compared with.
#[derive(Clone)]
pub(crate) enum Secret {
    /// One that the settings hold in the clear.
    Plain(Plain),
    /// PBKDF2-HMAC-SHA256.
    Hash {
        /// Rounds of HMAC.
        iterations: u32,
        /// Random bytes of this one secret.
        salt: Vec<u8>,
        /// What comes out.
        hash: [u8; 32],
    },
}

impl Secret {
    /// Reads `secret` or `hash` of `whose` settings; exactly one must be there.
    pub(crate) fn new(
        whose: &str,
        secret: Option<String>,
        hash: Option<String>,
    ) -> Result<Self, String> {
        match (secret, hash) {
            (Some(secret), None) if secret.is_empty() => Err(format!("{whose}: `secret` is empty")),
            (Some(secret), None) => Ok(Self::Plain(Plain::new(&secret))),
            (None, Some(hash)) => Self::parse(&hash).map_err(|error| format!("{whose}: {error}")),
            _ => Err(format!("{whose}: give either `secret` or `hash`")),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        const FORM: &str = "`hash` must look like `pbkdf2-sha256$ITERATIONS$SALT$HASH`";
        let parts: Vec<&str> = text.split('$').collect();
        let ["pbkdf2-sha256", iterations, salt, hash] = parts[..] else { return Err(FORM.into()) };
        let iterations: u32 = iterations.parse().map_err(|_| FORM)?;
        if !(MIN_ITERATIONS..=MAX_ITERATIONS).contains(&iterations) {
            return Err(format!(
                "`hash` has {iterations} iterations: {MIN_ITERATIONS} to {MAX_ITERATIONS} are possible"
            ));
        }
        let salt = BASE64.decode(salt).map_err(|_| "salt of `hash` is not base64")?;
        if salt.len() < MIN_SALT_BYTES {
            return Err(format!("salt of `hash` is shorter than {MIN_SALT_BYTES} bytes"));
        }
        let hash = BASE64.decode(hash).map_err(|_| "`hash` is not base64")?;
        let hash = hash.try_into().map_err(|_| "`hash` is not of 32 bytes")?;
        Ok(Self::Hash { iterations, salt, hash })
    }
}

impl secret::Secret for Secret {
    fn is(&self, guess: &str) -> bool {
        match self {
            Self::Plain(expected) => expected.is(guess),
            Self::Hash { iterations, salt, hash } => {
                let mut guessed = [0; 32];
                pbkdf2::pbkdf2_hmac::<Sha256>(guess.as_bytes(), salt, *iterations, &mut guessed);
                guessed.ct_eq(hash).into()
            }
        }
    }
}

/// Never printed.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
