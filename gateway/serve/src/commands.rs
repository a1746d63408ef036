//! Commands: one file each, joined by one registry.
//!
//! A command's file holds all facts about it, reads its arguments and answers it. The list of its
//! family registers it.

#![expect(clippy::unnecessary_wraps, reason = "all handlers have one shape")]

use std::sync::LazyLock;

mod arguments;
mod connection;
mod databus;
mod dispatch;
mod dry_run;
mod explanation;
mod facts;
mod fields;
mod gateway;
mod generic;
mod group_name;
pub(crate) mod keys;
pub(crate) mod keyspace;
pub(crate) mod login;
pub(crate) mod monitored;
mod pubsub;
pub(crate) mod rejections;
mod secrets;
mod server;
mod slow;
mod spec;
mod stream;
mod stream_group;
mod subcommand;
mod transaction;

pub(crate) use dispatch::{add_to_burst, answer};
pub(crate) use slow::note_if_slow;
pub(crate) use spec::{
    Blocking, Handler, InTransaction, Keyspace, Registry, Request, WhileSubscribed,
};

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    Registry::new(&[
        connection::COMMANDS,
        server::COMMANDS,
        generic::COMMANDS,
        stream::COMMANDS,
        stream_group::COMMANDS,
        pubsub::COMMANDS,
        transaction::COMMANDS,
        databus::COMMANDS,
        gateway::COMMANDS,
    ])
});

/// Does a command of this name wait for entries?
pub fn may_wait(name: &[u8]) -> bool {
    let found = registry().find(name);
    found.is_some_and(|command| !matches!(command.spec.blocking, Blocking::Never))
}

/// Tells for each word of a request, from the name on, whether it is a credential.
pub fn credentials() -> impl FnMut(&[u8]) -> bool {
    secrets::credentials(registry())
}

/// All commands.
pub(crate) fn registry() -> &'static Registry {
    &REGISTRY
}

#[cfg(test)]
mod tests {
    use super::{
        spec::{Bound, CATEGORIES, Publishing, Rights},
        *,
    };

    #[test]
    fn every_command_is_found_in_any_case_and_nothing_else_is() {
        for spec in registry().all() {
            let found = registry().find(spec.name.to_ascii_lowercase().as_bytes());
            assert_eq!(found.map(|command| command.spec.name), Some(spec.name));
        }
        for unknown in ["", "PIN", "PING ", "PINGG", "FLUSHALL", "ANAMETHATISFARTOOLONG"] {
            assert!(registry().find(unknown.as_bytes()).is_none(), "{unknown}");
        }
    }

    #[test]
    fn what_publishes_asks_for_that_right_and_is_bounded_by_its_request() {
        for spec in registry().all() {
            let wanted = match spec.publishing {
                Publishing::Never => continue,
                Publishing::Always(_) => Rights::Publish,
                Publishing::IfBound(_) => Rights::Bound,
            };
            assert_eq!((spec.rights, spec.bound), (wanted, Bound::Request), "{}", spec.name);
        }
    }

    #[test]
    fn categories_follow_from_flags_as_in_redis() {
        for spec in registry().all() {
            let has = |flag: &str| spec.flags().any(|other| other == flag);
            for flag in ["write", "pubsub", "fast", "blocking"] {
                assert_eq!(spec.is_in(flag), has(flag), "{} {flag}", spec.name);
            }
            // Redis has commands of this category without the flag.
            assert!(spec.is_in("admin") || !has("admin"), "{}", spec.name);
            assert_eq!(spec.is_in("read"), has("readonly"), "{}", spec.name);
            assert_eq!(spec.is_in("slow"), !has("fast"), "{}", spec.name);
            assert!(spec.categories().all(|name| CATEGORIES.contains(&name)), "{}", spec.name);
        }
    }
}
