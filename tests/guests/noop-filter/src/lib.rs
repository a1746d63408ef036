//! Forwards every message, looking at nothing: what a call of a filter costs.

use sluicegate_plugin::{Filter, NoSettings, Plugin};

/// Has nothing to remember.
#[derive(Debug)]
pub struct Noop;

impl Plugin for Noop {
    type Settings = NoSettings;

    fn configure(_: NoSettings) -> Result<Self, String> {
        Ok(Self)
    }
}

impl Filter for Noop {}

sluicegate_plugin::export!(Noop: Filter);
