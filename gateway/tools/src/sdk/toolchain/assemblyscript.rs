//! asc, as npm installs it for the project or for all.

use std::{fs, process::Command};

use anyhow::Context as _;
use sluicegate::message::Role;

use super::recipe::{Recipe, find, missing};
use crate::sdk::project::Project;

const INSTALL: &str = "run `npm install` in the project's folder (on Debian after `apt-get \
                       install npm` as root), or put an `asc` into the PATH";

/// The core module, below the project's folder.
const OUTPUT: &str = "build/core.wasm";

/// Compiles the SDK's exports for the roles of the project's world; they take in the author's file.
pub(super) fn recipe(project: &Project) -> anyhow::Result<Recipe> {
    let asc = find(project, &["asc"]).ok_or_else(|| missing("asc", INSTALL))?;
    let world = project.folder().join("wit/world.wit");
    let world =
        fs::read_to_string(&world).with_context(|| format!("reading `{}`", world.display()))?;
    let mut command = Command::new(std::path::absolute(&asc)?);
    command.args(entries(&world)).args(["--outFile", OUTPUT, "--optimize"]);
    // Garbage is collected between calls only, when nothing but globals holds objects.
    command.args(["--runtime", "minimal", "--exportStart", "_initialize"]);
    command.args([
        "--use",
        "abort=sluicegate/abort/abort",
        "--use",
        "trace=sluicegate/abort/trace",
    ]);
    command.args(["--transform", "./sluicegate/transform.mjs"]);
    Ok(Recipe { commands: vec![command], output: project.folder().join(OUTPUT) })
}

/// What the compiler begins with: one file for each interface that the world exports.
fn entries(world: &str) -> Vec<String> {
    let exports =
        |role: &Role| world.contains(&format!("export sluicegate:plugin/{}@", role.name()));
    let roles = Role::ALL.into_iter().filter(exports).map(Role::name);
    std::iter::once("lifecycle")
        .chain(roles)
        .map(|interface| format!("sluicegate/exports/{interface}.ts"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdk::Roles;

    #[test]
    fn the_world_says_which_roles_are_compiled() {
        let world = Roles::new(&[Role::Router, Role::Filter]).world();
        let names = ["lifecycle", "filter", "router"];
        assert_eq!(entries(&world), names.map(|name| format!("sluicegate/exports/{name}.ts")));
    }
}
