//! Commands that are answered together.

use super::spec::Spec;

mod discard;
mod exec;
mod multi;
mod watch;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] =
    &[&discard::SPEC, &exec::SPEC, &multi::SPEC, &watch::WATCH, &watch::UNWATCH];
