//! Topics seen as keys.

use super::spec::Spec;

pub(crate) mod del;
mod exists;
mod keys;
mod object;
mod scan;
mod ttl;
mod key_type;
mod wait;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] = &[
    &del::DEL,
    &del::UNLINK,
    &exists::SPEC,
    &keys::SPEC,
    &object::SPEC,
    &scan::SPEC,
    &ttl::TTL,
    &ttl::PTTL,
    &key_type::SPEC,
    &wait::SPEC,
];
