//! What plugin authors get from the program: a project to begin with, and a component out of it.
//!
//! The whole of `plugin-sdk` is inside the program, so that it is the only tool of ours that they
//! need. Nothing here serves messages.

mod component;
mod contract;
mod language;
mod manifest;
mod project;
mod template;
mod toolchain;
mod world;

pub use component::componentise;
pub use contract::contract_page;
pub use language::Language;
pub use manifest::{MANIFEST, Manifest};
pub use project::{Built, Project};
pub use template::Template;
pub use world::{CONTRACT_WIT, Roles};

use include_dir::{Dir, include_dir};

/// `plugin-sdk`, as it was when the program was built.
static SDK: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../plugin-sdk");
