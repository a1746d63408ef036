//! Stores what it is given, and gives back what is stored.

use sluicegate_plugin::{Current, NoSettings, Plugin, Rejection, Transcoder};

/// Has nothing to remember.
#[derive(Debug)]
pub struct Noop;

impl Plugin for Noop {
    type Settings = NoSettings;

    fn configure(_: NoSettings) -> Result<Self, String> {
        Ok(Self)
    }
}

impl Transcoder for Noop {
    fn encode(&mut self, value: Vec<u8>, _: &Current) -> Result<Vec<u8>, Rejection> {
        Ok(value)
    }

    fn decode(&mut self, value: Vec<u8>, _: &Current) -> Result<Vec<u8>, Rejection> {
        Ok(value)
    }
}

sluicegate_plugin::export!(Noop: Transcoder);
