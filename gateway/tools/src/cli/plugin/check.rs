//! `sluicegate plugin check`: what files are, what they need, and whether a gateway takes them.

mod report;

use std::{io::Write as _, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use sluicegate::plugin::{Engine, EngineSettings, Inspection};

use self::report::Report;
use super::file::PluginFile;

/// What `plugin check` takes.
#[derive(Args, Debug)]
pub(super) struct CheckOptions {
    /// Plugin files; the settings file of each is the one beside it.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(options: &CheckOptions) -> anyhow::Result<()> {
    // Without a cache: the time to compile is one of the answers.
    let engine = Engine::new(&EngineSettings::default()).context("starting the engine")?;
    let mut refused = 0;
    for path in &options.files {
        let text = match PluginFile::read(path, None) {
            Ok(file) => {
                let Inspection { load_report, outcome } = file.inspect(&engine);
                let error = outcome.err();
                refused += usize::from(error.is_some());
                Report { file: &file, load: &load_report, refused: error.as_ref() }.to_string()
            }
            Err(error) => {
                refused += 1;
                format!("{}\n  verdict    REFUSED: {error:#}\n", path.display())
            }
        };
        // A reader that went away wants no more lines.
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }
    match (refused, options.files.len()) {
        (0, _) => Ok(()),
        (1, 1) => bail!("a gateway would refuse it"),
        (refused, all) => bail!("a gateway would refuse {refused} of {all} files"),
    }
}
