//! Where a Redis server is.

use redis::{ConnectionInfo, IntoConnectionInfo};

use crate::plugin::reach::AddressError;

/// A checked `redis://` or `rediss://` URL. It may hold a password, so nothing of it is ever shown.
#[derive(Clone)]
pub struct RedisAddress {
    info: ConnectionInfo,
    has_tls: bool,
}

impl std::fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RedisAddress(..)")
    }
}

impl RedisAddress {
    /// Checks a URL.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it.
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        let has_tls = url.starts_with("rediss://");
        if !has_tls && !url.starts_with("redis://") {
            return Err(AddressError::OtherScheme("`redis://` or `rediss://`"));
        }
        if url.contains(['?', '#']) {
            return Err(AddressError::Extras);
        }
        let parsed = redis::parse_redis_url(url).ok_or(AddressError::NotAUrl)?;
        let database = parsed.path().trim_matches('/');
        if !database.is_empty() && database.parse::<u32>().is_err() {
            return Err(AddressError::NotADatabase("the number of a database"));
        }
        let info = parsed.into_connection_info().map_err(|_| AddressError::NotAUrl)?;
        Ok(Self { info, has_tls })
    }

    /// True for `rediss://`.
    pub fn has_tls(&self) -> bool {
        self.has_tls
    }

    pub(super) fn info(&self) -> &ConnectionInfo {
        &self.info
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_or_refused_without_being_shown() {
        let address = RedisAddress::parse("rediss://u:hush%40@store:7000/3").unwrap();
        assert!(address.has_tls());
        assert_eq!(address.info().redis_settings().password(), Some("hush@"));
        assert!(!format!("{address:?}").contains("hush"));
        for (url, error) in [
            ("http://h", AddressError::OtherScheme("`redis://` or `rediss://`")),
            ("redis://u:p@", AddressError::NotAUrl),
            ("redis://u:p@h:port", AddressError::NotAUrl),
            ("redis://h/users", AddressError::NotADatabase("the number of a database")),
            ("redis://u:p#q@h", AddressError::Extras),
            ("redis://h?protocol=resp3", AddressError::Extras),
        ] {
            assert_eq!(RedisAddress::parse(url).unwrap_err(), error, "{url}");
        }
    }
}
