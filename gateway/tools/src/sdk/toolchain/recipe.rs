//! What a toolchain runs, and where its programs are found.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::anyhow;

use crate::sdk::project::Project;

/// What to run, one after the other, and the file that is there afterwards.
#[derive(Debug)]
pub(in crate::sdk) struct Recipe {
    pub(in crate::sdk) commands: Vec<Command>,
    /// A core module or a component.
    pub(in crate::sdk) output: PathBuf,
}

/// The first of `names` that is installed: for the project (as npm and venv do), or in the `PATH`.
pub(super) fn find(project: &Project, names: &[&str]) -> Option<PathBuf> {
    // Absolute, since commands run in the project's folder.
    let root = std::path::absolute(project.folder()).ok()?;
    let own = [".venv/bin", "node_modules/.bin"].map(|folder| root.join(folder));
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = own.into_iter().chain(env::split_paths(&path)).collect();
    let found =
        |name: &&str| folders.iter().map(|folder| folder.join(name)).find(|file| is_program(file));
    names.iter().find_map(found)
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Says what is not there, and how to get it.
pub(super) fn missing(what: &str, install: &str) -> anyhow::Error {
    anyhow!("{what} is not installed\n  hint:  {install}")
}
