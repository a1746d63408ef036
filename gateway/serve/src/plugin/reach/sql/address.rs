//! Where a database is.

use mysql_async::{Opts, UrlError};

use crate::plugin::reach::AddressError;

/// A checked `mysql://` URL. It may hold a password, so nothing of it is ever shown.
#[derive(Clone)]
pub struct SqlAddress(Opts);

impl std::fmt::Debug for SqlAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqlAddress(..)")
    }
}

impl SqlAddress {
    /// Checks a URL.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it.
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        if !url.starts_with("mysql://") {
            return Err(AddressError::OtherScheme("`mysql://`"));
        }
        if url.contains(['?', '#']) {
            return Err(AddressError::Extras);
        }
        let opts = Opts::from_url(url).map_err(|_: UrlError| AddressError::NotAUrl)?;
        // What lies below the first part of the path would be ignored.
        let path = url["mysql://".len()..].split_once('/').map_or("", |(_, path)| path);
        if path.trim_end_matches('/').contains('/') {
            return Err(AddressError::NotADatabase("the name of a database"));
        }
        Ok(Self(opts))
    }

    pub(super) fn opts(&self) -> &Opts {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_or_refused_without_being_shown() {
        let address = SqlAddress::parse("mysql://u:hush%2F@db/databus").unwrap();
        assert_eq!(address.opts().pass(), Some("hush/"));
        assert_eq!(address.opts().db_name(), Some("databus"));
        assert!(!format!("{address:?}").contains("hush"));
        for (url, error) in [
            ("postgres://h/db", AddressError::OtherScheme("`mysql://`")),
            ("mysql://u:p@", AddressError::NotAUrl),
            ("mysql://u:p@h:port/db", AddressError::NotAUrl),
            ("mysql://h/db/table", AddressError::NotADatabase("the name of a database")),
            ("mysql://h/db?pool_max=9", AddressError::Extras),
            ("mysql://u:a#b@h/db", AddressError::Extras),
        ] {
            assert_eq!(SqlAddress::parse(url).unwrap_err(), error, "{url}");
        }
    }
}
