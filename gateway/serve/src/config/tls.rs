//! The PEM files of a `tls` section, the same for everything that is connected to.

use std::path::PathBuf;

use super::file::Section;

/// Authorities to trust, and the gateway's own certificate chain with its key.
pub(super) type Files = (Option<PathBuf>, Option<(PathBuf, PathBuf)>);

/// Reads `ca_file`, `certificate_file` and `key_file`.
pub(super) fn files(section: &mut Section<'_, '_>) -> Files {
    let mut path = |key| {
        let text = section.string(key, "");
        (!text.is_empty()).then(|| PathBuf::from(text))
    };
    let ca_file = path("ca_file");
    let (certificate, key) = (path("certificate_file"), path("key_file"));
    if certificate.is_some() != key.is_some() {
        let hint = "set both, or neither where servers do not ask who the gateway is";
        section.incomplete("", "`certificate_file` and `key_file` belong together", hint);
    }
    (ca_file, certificate.zip(key))
}
