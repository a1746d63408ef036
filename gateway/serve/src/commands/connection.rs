//! Commands about the connection itself.

use super::spec::Spec;

mod auth;
mod client;
mod client_name;
mod echo;
mod hello;
mod ping;
mod quit;
mod reset;
mod select;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] = &[
    &auth::SPEC,
    &client::SPEC,
    &echo::SPEC,
    &hello::SPEC,
    &ping::SPEC,
    &quit::SPEC,
    &reset::SPEC,
    &select::SPEC,
];
