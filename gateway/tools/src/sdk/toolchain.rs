//! How each language's compiler is found and called; one file a language.

mod assemblyscript;
mod c;
mod go;
mod javascript;
mod python;
mod recipe;
mod rust;
mod zig;

pub(super) use recipe::Recipe;

use super::{language::Language, project::Project};

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
