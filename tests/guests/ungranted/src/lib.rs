//! Imports `sluicegate:plugin/files`, which the contract does not have: refused when it is loaded.

use sluicegate_plugin::{Filter, Message, NoSettings, Plugin, Verdict};

/// An interface that only this guest knows.
#[allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    reason = "generated"
)]
mod reach {
    wit_bindgen::generate!({ path: "wit", world: "ungranted" });
}

/// Has nothing to remember.
#[derive(Debug)]
pub struct Ungranted;

impl Plugin for Ungranted {
    type Settings = NoSettings;

    fn configure(_: NoSettings) -> Result<Self, String> {
        Ok(Self)
    }
}

impl Filter for Ungranted {
    fn on_produce(&mut self, _: &mut Message) -> Verdict {
        // An import that is never called would not be in the component.
        Verdict::Replace(reach::sluicegate::plugin::files::read("/etc/passwd").into_bytes())
    }
}

sluicegate_plugin::export!(Ungranted: Filter);
