//! Transactions: MULTI, EXEC, DISCARD, WATCH.
//!
//! EXEC runs the queued commands one after the other and answers them together; consecutive
//! messages are published as one burst. It is not atomic: a message may be refused while others are
//! stored, each partition is stored separately, and messages of other clients may come between.
//! Topics have no value that could be compared: WATCH is refused.

use super::spec::Spec;

mod discard;
mod exec;
mod multi;
mod watch;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] =
    &[&discard::SPEC, &exec::SPEC, &multi::SPEC, &watch::WATCH, &watch::UNWATCH];
