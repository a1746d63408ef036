//! The key of the login cache: a salted hash of the credentials.

use std::hash::{BuildHasher as _, RandomState};

use sha2::{Digest as _, Sha256};

use crate::message::Credentials;

/// Hash of a user name and a secret.
pub(super) type CredentialsHash = [u8; 32];

/// Makes the hashes of each process different.
#[derive(Debug)]
pub(super) struct Salt([u8; 16]);

impl Default for Salt {
    fn default() -> Self {
        Self((u128::from(random()) << 64 | u128::from(random())).to_le_bytes())
    }
}

impl Salt {
    /// The same for all clients with the same credentials; their addresses do not count.
    pub(super) fn hash(&self, login: &Credentials) -> CredentialsHash {
        let mut hash = Sha256::new_with_prefix(self.0);
        for part in [&login.username, &login.secret] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

/// A number from 0 to 1.
pub(super) fn random_part() -> f64 {
    let thousandth = u32::try_from(random() % 1_000).unwrap_or_default();
    f64::from(thousandth) / 1_000.0
}

/// The hasher's keys are random, which saves a dependency.
fn random() -> u64 {
    RandomState::new().hash_one(0u8)
}
