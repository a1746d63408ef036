//! The databus dialect: the topic is bound by the login.

use super::spec::Spec;

mod hset;
mod mget;
mod set;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] = &[&hset::SPEC, &mget::SPEC, &set::SPEC];
