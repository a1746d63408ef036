//! How python projects are built.

use super::{Recipe, missing};
use crate::sdk::project::Project;

pub(super) fn recipe(project: &Project) -> anyhow::Result<Recipe> {
    let _ = project;
    Err(missing("a builder for this language", "use another version of this program"))
}
