//! What is wrong with the address of a store, in words that never repeat it: it may hold a password.

use thiserror::Error;

/// Why a URL is not the address of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// It cannot be taken apart.
    #[error("it is not a URL with a host")]
    NotAUrl,
    /// It begins with the wrong word.
    #[error("it does not begin with {0}")]
    OtherScheme(&'static str),
    /// What follows the host is not the store's database.
    #[error("its path is not {0}")]
    NotADatabase(&'static str),
    /// Something follows a `?` or `#`.
    #[error("it has a `?` or `#`, and what follows them is not used here")]
    Extras,
}

impl AddressError {
    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::NotAUrl | Self::OtherScheme(_) | Self::NotADatabase(_) => {
                "write for example `redis://user:${REDIS_PASSWORD}@127.0.0.1:6379/0` in `[redis.NAME]`, \
                 `mysql://user:${MYSQL_PASSWORD}@127.0.0.1:3306/databus` in `[sql.NAME]`; in a password \
                 `%40` stands for `@`, `%2F` for `/`, and so on"
            }
            Self::Extras => {
                "set time limits, connections and TLS with the keys of the section; in a password \
                 that is written here `%3F` stands for `?` and `%23` for `#`"
            }
        }
    }
}
