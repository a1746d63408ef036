//! Conversations of one run, and what they are played with.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use anyhow::bail;
use sluicegate::config::Variables;

use super::TestOptions;
use crate::{
    cli::plugin::cache_folder,
    conversation::{
        case::Case,
        perform::{Told, perform, record},
        setup::{Choice, Loaded, Setup},
    },
};

/// Plays conversations, and loads what several of them are played with once.
pub(super) struct Player<'a> {
    options: &'a TestOptions,
    cases: BTreeMap<&'a Path, anyhow::Result<Case>>,
    /// Loaded by whoever needs it first; the others wait.
    loaded: BTreeMap<Setup, OnceLock<Result<Loaded, String>>>,
}

impl<'a> Player<'a> {
    /// Reads all of them first, so that what is loaded is known.
    pub(super) fn new(options: &'a TestOptions, files: &'a [PathBuf]) -> Self {
        let flags = Choice { config: options.config.clone(), plugins: options.plugins.clone() };
        let read = |file| Case::read(file, &options.paths, &flags);
        let cases: BTreeMap<_, _> = files.iter().map(|f| (f.as_path(), read(f))).collect();
        let setups = cases.values().flatten().map(|case| (case.setup.clone(), OnceLock::new()));
        Self { options, loaded: setups.collect(), cases }
    }

    /// Plays one of them.
    ///
    /// # Errors
    /// It cannot be read, what it is played with not be loaded, or it not be played.
    pub(super) fn play(&self, file: &Path) -> anyhow::Result<Told> {
        let case = match &self.cases[file] {
            Ok(case) => case,
            Err(error) => bail!("{error:#}"),
        };
        let loaded = self.loaded[&case.setup].get_or_init(|| {
            let loaded = case.setup.load(cache_folder(), Variables::StandIns);
            loaded.map_err(|error| format!("{error:#}"))
        });
        match loaded {
            Ok(loaded) => self.perform(case, loaded),
            Err(error) => bail!("{error}"),
        }
    }

    fn perform(&self, case: &Case, loaded: &Loaded) -> anyhow::Result<Told> {
        let broker = self.options.broker.kind();
        let mut warnings = Vec::new();
        if self.options.record {
            // With the environment's variables, which lead to the real stores.
            let real = case.setup.load(cache_folder(), Variables::Environment)?;
            warnings = record(case, &real, broker)?;
        }
        // What was recorded is played: no secret comes near a snapshot.
        let mut told = perform(case, loaded, broker)?;
        told.notes.splice(..0, warnings);
        Ok(told)
    }
}
