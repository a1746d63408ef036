//! `sluicegate plugin build`.

use std::{io::Write as _, path::PathBuf};

use clap::Args;

use crate::sdk::Project;

/// What `plugin build` takes.
#[derive(Args, Debug)]
pub(super) struct BuildOptions {
    /// Folders of projects.
    #[arg(default_value = ".", value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Where the components go; default: `build` in each project.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(options: &BuildOptions) -> anyhow::Result<()> {
    for folder in &options.folders {
        let built = Project::open(folder)?.build(options.out.as_deref())?;
        let state = if built.is_new { "built" } else { "up to date" };
        // A reader that went away wants no more lines.
        let _ = writeln!(
            std::io::stdout().lock(),
            "{state:<11}{:>9} bytes  {}",
            built.bytes,
            built.path.display()
        );
    }
    Ok(())
}
