//! Where plugins are measured: an engine with a cache of its own that begins empty.

use std::{env, fs, path::PathBuf, process};

use anyhow::Context as _;
use sluicegate::plugin::{Engine, EngineSettings};

/// An engine, and its cache until it is dropped.
#[derive(Debug)]
pub(super) struct Lab {
    pub(super) engine: Engine,
    folder: PathBuf,
}

impl Lab {
    /// # Errors
    /// The engine does not start, or there is no place for temporary files.
    pub(super) fn new() -> anyhow::Result<Self> {
        let folder = env::temp_dir().join(format!("sluicegate-bench-{}", process::id()));
        let settings =
            EngineSettings { cache_folder: Some(folder.clone()), ..EngineSettings::default() };
        let engine = Engine::new(&settings).context("starting the WebAssembly engine")?;
        Ok(Self { engine, folder })
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // What is left of it is only space in a folder for temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
