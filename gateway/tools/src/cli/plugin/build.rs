//! `sluicegate plugin build`.

use std::io::Write as _;

use super::BuildOptions;
use crate::sdk::Project;

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
