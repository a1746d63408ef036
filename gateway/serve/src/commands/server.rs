//! What tools ask about the server.

use super::spec::Spec;

mod acl;
mod cluster;
mod command;
mod config;
mod dbsize;
mod info;
mod latency;
mod memory;
mod module;
mod monitor;
mod role;
mod script;
mod slowlog;
mod time;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] = &[
    &acl::SPEC,
    &cluster::CLUSTER,
    &cluster::READONLY,
    &cluster::READWRITE,
    &command::SPEC,
    &config::SPEC,
    &dbsize::SPEC,
    &info::SPEC,
    &latency::SPEC,
    &memory::SPEC,
    &module::SPEC,
    &monitor::SPEC,
    &role::SPEC,
    &script::SPEC,
    &slowlog::SPEC,
    &time::SPEC,
];
