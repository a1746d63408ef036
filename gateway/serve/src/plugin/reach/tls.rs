//! The files of a `tls` section, read once when the plugin is loaded.

use std::{fs, path::Path};

use super::TlsFiles;

/// The contents of [`TlsFiles`].
pub(super) struct TlsBytes {
    pub(super) ca: Option<Vec<u8>>,
    /// Certificate chain and key.
    pub(super) identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl TlsBytes {
    /// Reads the files; the error names the one that cannot be read.
    pub(super) fn read(files: &TlsFiles) -> Result<Self, String> {
        let ca = files.ca_file.as_deref().map(read).transpose()?;
        let identity = match &files.identity {
            Some((chain, key)) => Some((read(chain)?, read(key)?)),
            None => None,
        };
        Ok(Self { ca, identity })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("reading `{}`: {error}", path.display()))
}
