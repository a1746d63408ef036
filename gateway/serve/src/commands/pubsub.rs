//! Topics as channels.

use super::spec::Spec;

mod channels;
mod psubscribe;
mod publish;
#[expect(clippy::module_inception, reason = "one file a command, PUBSUB among them")]
mod pubsub;
mod punsubscribe;
mod subscribe;
mod unsubscribe;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] = &[
    &psubscribe::SPEC,
    &publish::PUBLISH,
    &publish::SPUBLISH,
    &pubsub::SPEC,
    &punsubscribe::SPEC,
    &subscribe::SUBSCRIBE,
    &subscribe::SSUBSCRIBE,
    &unsubscribe::UNSUBSCRIBE,
    &unsubscribe::SUNSUBSCRIBE,
];
