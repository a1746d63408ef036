//! `[streams]`, checked.

use std::time::Duration;

use super::{StreamSettings, file::Section};

pub(super) fn streams(mut section: Section<'_, '_>) -> StreamSettings {
    let linger = section.integer("group_linger_secs", 10, 0..=3_600);
    section.finish();
    StreamSettings { group_linger: Duration::from_secs(linger) }
}
