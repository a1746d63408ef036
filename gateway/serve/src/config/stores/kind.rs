//! What all kinds of stores share.

use std::time::Duration;

use crate::{
    config::{
        file::Section,
        values::{PemFiles, Text},
    },
    plugin::{
        limits::{REACH_CONNECTIONS_MAX, REACH_TIMEOUT},
        reach::{AddressError, ReachSettings, TlsFiles, is_name},
    },
};

/// A kind of store.
pub(super) struct StoreKind {
    /// Name of the table that holds a section for each store.
    pub(super) table: &'static str,
    /// Reads one section. A store whose address is wrong is left out: its problem was noted.
    pub(super) read: fn(Section<'_, '_>, &mut ReachSettings),
    /// Such a section, to be completed by an author.
    pub(super) example: &'static str,
}

/// Notes a problem if a plugin could not name the store.
pub(super) fn check_name(section: &Section<'_, '_>) {
    if !is_name(section.name()) {
        let cause = "the name has other characters than letters, digits, `_` and `-`";
        section.incomplete("", cause, "name it as the plugin's settings do, such as `users`");
    }
}

/// The URL, which is never repeated: it may hold a password.
pub(super) fn address<T>(
    section: &mut Section<'_, '_>,
    parse: impl FnOnce(&str) -> Result<T, AddressError>,
) -> Option<T> {
    if !section.contains("url") {
        section.incomplete("url", "it is missing", AddressError::NotAUrl.hint());
    }
    let Text { text: url, at } = section.url("url")?;
    let parsed = parse(&url);
    parsed.map_err(|error| section.wrong_at(at, "url", &error.to_string(), error.hint())).ok()
}

/// `timeout_ms`.
pub(super) fn timeout(section: &mut Section<'_, '_>) -> Duration {
    let default = u64::try_from(REACH_TIMEOUT.as_millis()).unwrap_or(u64::MAX);
    section.milliseconds("timeout_ms", default, 10..=60_000)
}

/// `connections`.
pub(super) fn connections(section: &mut Section<'_, '_>, default: usize) -> usize {
    section.size("connections", default as u64, 1..=REACH_CONNECTIONS_MAX as u64)
}

/// `tls`; `None` without such a section.
pub(super) fn tls(section: &mut Section<'_, '_>) -> Option<TlsFiles> {
    if !section.contains("tls") {
        return None;
    }
    let mut section = section.section("tls");
    let PemFiles { ca_file, identity } = section.pem_files();
    section.finish();
    Some(TlsFiles { ca_file, identity })
}
