//! The conversations of one `sluicegate test`, and what they share.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use anyhow::bail;
use sluicegate::config::Variables;

use super::options::TestOptions;
use crate::{
    cli::plugin::cache_folder,
    conversation::{
        case::Case,
        run::{CaseResult, record_fixtures, run_case},
        setup::{LoadedSetup, Setup, SetupChoice},
    },
};

/// Runs conversations. A setup that several of them have is loaded once.
pub(super) struct Runner<'a> {
    options: &'a TestOptions,
    cases: BTreeMap<&'a Path, anyhow::Result<Case>>,
    /// Loaded by the first that needs it; the others wait.
    loaded: BTreeMap<Setup, OnceLock<Result<LoadedSetup, String>>>,
}

impl<'a> Runner<'a> {
    /// Reads all of them first, so that all setups are known.
    pub(super) fn new(options: &'a TestOptions, files: &'a [PathBuf]) -> Self {
        let flags =
            SetupChoice { config: options.config.clone(), plugins: options.plugins.clone() };
        let read = |file| Case::read(file, &options.paths, &flags);
        let cases: BTreeMap<_, _> = files.iter().map(|f| (f.as_path(), read(f))).collect();
        let setups = cases.values().flatten().map(|case| (case.setup.clone(), OnceLock::new()));
        Self { options, loaded: setups.collect(), cases }
    }

    /// Runs one of them.
    ///
    /// # Errors
    /// It cannot be read or run, or its setup cannot be loaded.
    pub(super) fn run(&self, file: &Path) -> anyhow::Result<CaseResult> {
        let case = match &self.cases[file] {
            Ok(case) => case,
            Err(error) => bail!("{error:#}"),
        };
        let loaded = self.loaded[&case.setup].get_or_init(|| {
            let loaded = case.setup.load(cache_folder(), Variables::StandIns);
            loaded.map_err(|error| format!("{error:#}"))
        });
        match loaded {
            Ok(loaded) => self.run_loaded(case, loaded),
            Err(error) => bail!("{error}"),
        }
    }

    fn run_loaded(&self, case: &Case, loaded: &LoadedSetup) -> anyhow::Result<CaseResult> {
        let broker = self.options.broker.kind();
        let mut warnings = Vec::new();
        if self.options.record {
            // With the environment's variables, which lead to the real stores.
            let real = case.setup.load(cache_folder(), Variables::Environment)?;
            warnings = record_fixtures(case, &real, broker)?;
        }
        // The snapshot comes from the recording: no secret gets near it.
        let mut result = run_case(case, loaded, broker)?;
        result.notes.splice(..0, warnings);
        Ok(result)
    }
}
