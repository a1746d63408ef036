//! Consumer groups of streams.

use super::spec::Spec;

mod claim; //           what claims share
mod group; //           the group behind a name
mod pending_entries; // reading them again
mod position; //        ids as positions

mod xack;
mod xautoclaim;
mod xclaim;
mod xgroup;
mod xpending;
mod xreadgroup;

pub(super) use group::{check_exists_in, find_topic, open_group};
pub(super) use position::send_id;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] = &[
    &xack::SPEC,
    &xautoclaim::SPEC,
    &xclaim::SPEC,
    &xgroup::SPEC,
    &xpending::SPEC,
    &xreadgroup::SPEC,
];
