//! Puts everything into partition 0: what a key costs without its hash.

use sluicegate_plugin::{NoSettings, Partitioner, Plugin};

/// Has nothing to remember.
#[derive(Debug)]
pub struct Noop;

impl Plugin for Noop {
    type Settings = NoSettings;

    fn configure(_: NoSettings) -> Result<Self, String> {
        Ok(Self)
    }
}

impl Partitioner for Noop {
    fn partition(&mut self, _: Option<&[u8]>, _: u32) -> Option<u32> {
        Some(0)
    }
}

sluicegate_plugin::export!(Noop: Partitioner);
