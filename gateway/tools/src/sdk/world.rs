//! The contract as WIT, and the world of a plugin with certain roles.

use std::fmt::Write as _;

use sluicegate::message::Role;

/// The contract, as it lies in `plugin-sdk/wit`.
pub const CONTRACT_WIT: &str = include_str!("../../../../plugin-sdk/wit/sluicegate.wit");

/// The package and its version, as worlds name it.
const VERSION: &str = sluicegate::plugin::CONTRACT_VERSION;

/// The roles of one plugin, without repetition, in the order in which a message meets them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// Sorts them and takes doubles out.
    pub fn new(roles: &[Role]) -> Self {
        Self(Role::ALL.into_iter().filter(|role| roles.contains(role)).collect())
    }

    /// True if `role` is one of them.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Their names, joined by `, `.
    pub fn names(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|role| role.name()).collect();
        names.join(", ")
    }

    /// The world that a plugin of these roles is built for. Stores are left out: who imports them
    /// needs a grant, so an author adds them on purpose.
    pub fn world(&self) -> String {
        let mut wit = "package local:plugin;\n\n\
             /// What this plugin imports and exports. Beside these an authenticator may import\n\
             /// `redis` and `sql`, which its settings file must grant.\n\
             world plugin {\n"
            .to_owned();
        let mut line = |what: &str, interface: &str| {
            let _ = writeln!(wit, "    {what} sluicegate:plugin/{interface}@{VERSION};");
        };
        line("import", "log");
        line("import", "metrics");
        if [Role::Filter, Role::Router, Role::Transcoder].iter().any(|role| self.has(*role)) {
            line("import", "current");
        }
        if self.has(Role::Partitioner) {
            line("import", "burst");
        }
        line("export", "lifecycle");
        self.0.iter().for_each(|role| line("export", role.name()));
        wit.push_str("}\n");
        wit
    }
}
