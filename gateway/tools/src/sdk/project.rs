//! One plugin's folder.

use std::path::{Path, PathBuf};

use super::manifest::Manifest;

/// One plugin's folder.
#[derive(Debug)]
pub struct Project {
    folder: PathBuf,
    manifest: Manifest,
}

impl Project {
    /// Reads the manifest of a folder.
    ///
    /// # Errors
    /// There is none, or it cannot be meant.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        Ok(Self { folder: folder.to_owned(), manifest: Manifest::read(folder)? })
    }

    /// The folder that it is in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The plugin's name.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// The settings file beside the source, which goes beside the component.
    pub fn settings_file(&self) -> PathBuf {
        self.folder.join(format!("{}.toml", self.name()))
    }

    /// Its manifest.
    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}
