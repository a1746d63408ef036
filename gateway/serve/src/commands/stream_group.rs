//! Consumer groups of streams.

use super::spec::Spec;

mod xack;
mod xautoclaim;
mod xclaim;
mod xgroup;
mod xpending;
mod xreadgroup;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] = &[
    &xack::SPEC,
    &xautoclaim::SPEC,
    &xclaim::SPEC,
    &xgroup::SPEC,
    &xpending::SPEC,
    &xreadgroup::SPEC,
];
