//! Leaves every message where it is, and is asked about each.

use sluicegate_plugin::{Current, Destination, NoSettings, Plugin, Rejection, Router};

/// Has nothing to remember.
#[derive(Debug)]
pub struct Noop;

impl Plugin for Noop {
    type Settings = NoSettings;

    fn configure(_: NoSettings) -> Result<Self, String> {
        Ok(Self)
    }
}

impl Router for Noop {
    fn route(&mut self, topic: &str, _: &Current) -> Result<Destination, Rejection> {
        Ok(Destination::for_message(topic))
    }
}

sluicegate_plugin::export!(Noop: Router);
