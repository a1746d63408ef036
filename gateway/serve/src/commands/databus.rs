//! The databus dialect: the topic is bound by the login.

use super::spec::Spec;

pub(super) mod member; // bound logins, and their groups
mod publish; //           what SET and HSET share

mod hset;
mod mget;
mod set;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] = &[&hset::SPEC, &mget::SPEC, &set::SPEC];
