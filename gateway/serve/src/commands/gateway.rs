//! The gateway itself.

use super::spec::Spec;

mod explain;
mod plugin;
mod topic;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] = &[&explain::SPEC, &plugin::SPEC, &topic::SPEC];
