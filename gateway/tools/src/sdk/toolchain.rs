//! How each language's compiler is found and called; one file a language.

mod assemblyscript;
mod c;
mod go;
mod javascript;
mod python;
mod rust;
mod zig;

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::anyhow;

use super::{language::Language, project::Project};

/// What to run, one after the other, and the file that is there afterwards.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) commands: Vec<Command>,
    /// A core module or a component.
    pub(super) output: PathBuf,
}

/// How a project in this language is built.
///
/// # Errors
/// What is not installed, with the command that installs it.
pub(super) fn recipe(language: Language, project: &Project) -> anyhow::Result<Recipe> {
    match language {
        Language::Rust => rust::recipe(project),
        Language::C => c::recipe(project),
        Language::Zig => zig::recipe(project),
        Language::Go => go::recipe(project),
        Language::AssemblyScript => assemblyscript::recipe(project),
        Language::JavaScript => javascript::recipe(project),
        Language::Python => python::recipe(project),
    }
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
