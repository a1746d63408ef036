//! JavaScript: componentize-js, which puts the modules into a component with their engine.

use std::{fs, path::Path, process::Command};

use super::recipe::{Recipe, find, missing};
use crate::sdk::project::Project;

/// Where the author's modules are.
const SOURCES: &str = "src";
/// The module whose exports are the plugin.
const SOURCE: &str = "src/index.js";
/// What it makes, below the project's folder.
const OUTPUT: &str = "build/core.wasm";
/// What the engine would import from WASI: a plugin reaches nothing but the contract.
const DISABLED: [&str; 5] = ["stdio", "random", "clocks", "http", "fetch-event"];

const INSTALL: &str = "`npm install` in the project's folder; it needs node 20 or newer, on Debian as root: \
                       `apt-get install --no-install-recommends nodejs npm`";

pub(super) fn recipe(project: &Project) -> anyhow::Result<Recipe> {
    let tool = find(project, &["componentize-js"])
        .ok_or_else(|| missing("componentize-js, which builds JavaScript,", INSTALL))?;
    // It is a script, and what fails to start it says nothing of node.
    let node = find(project, &["node"]).ok_or_else(|| missing("node", INSTALL))?;
    let mut commands = checks(&node, project.folder());
    commands.push(command(&tool));
    Ok(Recipe { commands, output: project.folder().join(OUTPUT) })
}

/// Looks over the syntax of the author's modules: componentize-js counts the mistakes, and node says
/// where they are.
fn checks(node: &Path, folder: &Path) -> Vec<Command> {
    let entries = fs::read_dir(folder.join(SOURCES)).into_iter().flatten().flatten();
    let mut modules: Vec<_> = entries.map(|entry| entry.file_name()).collect();
    modules.retain(|name| Path::new(name).extension().is_some_and(|extension| extension == "js"));
    modules.sort();
    let check = |module| {
        let mut command = Command::new(node);
        command.arg("--check").arg(Path::new(SOURCES).join(module));
        command
    };
    modules.into_iter().map(check).collect()
}

/// Relative paths only: what stands here is what stack traces show.
fn command(tool: &Path) -> Command {
    let mut command = Command::new(tool);
    command.args([SOURCE, "--wit", "wit", "--out", OUTPUT]);
    command.args(DISABLED.iter().flat_map(|feature| ["--disable", feature]));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_imports_nothing_of_its_own() {
        let command = command(Path::new("componentize-js"));
        let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        let line = words.join(" ");
        assert!(line.starts_with("src/index.js --wit wit --out build/core.wasm "), "{line}");
        assert_eq!(line.matches("--disable ").count(), DISABLED.len());
    }
}
