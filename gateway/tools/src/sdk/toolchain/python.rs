//! Python: componentize-py, which puts the modules into a component with their interpreter.

use std::{path::Path, process::Command};

use super::recipe::{Recipe, find, missing};
use crate::sdk::project::Project;

/// Between the contract and the author's `main`: see `plugin-sdk/python/guest.py`.
const MODULE: &str = "sluicegate.guest";
/// What it makes, below the project's folder.
const OUTPUT: &str = "build/core.wasm";

const INSTALL: &str = "`python3 -m venv .venv && .venv/bin/pip install -r requirements.txt` in the project's folder; \
                       on Debian first, as root: `apt-get install --no-install-recommends python3-venv`";

pub(super) fn recipe(project: &Project) -> anyhow::Result<Recipe> {
    let tool = find(project, &["componentize-py"])
        .ok_or_else(|| missing("componentize-py, which builds Python,", INSTALL))?;
    let own = project.folder().join(".venv").canonicalize().ok();
    let output = project.folder().join(OUTPUT);
    Ok(Recipe { commands: vec![command(&tool, own.as_deref())], output })
}

fn command(tool: &Path, environment: Option<&Path>) -> Command {
    let mut command = Command::new(tool);
    command.args(["--quiet", "--wit-path", "wit", "componentize", MODULE]);
    // A plugin reaches nothing but the contract: what Python asks of WASI traps.
    command.args(["--stub-wasi", "--output", OUTPUT]);
    // Where it looks for the packages that the plugin uses.
    if let Some(environment) = environment {
        command.env("VIRTUAL_ENV", environment);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_reaches_nothing_of_wasi_and_finds_the_projects_packages() {
        let command = command(Path::new("componentize-py"), Some(Path::new("/p/.venv")));
        assert!(command.get_args().any(|word| word == "--stub-wasi"));
        let (_, environment) = command.get_envs().find(|(name, _)| *name == "VIRTUAL_ENV").unwrap();
        assert_eq!(environment.unwrap(), "/p/.venv");
    }
}
