//! `[groups]`: consumer groups of streams.

use std::time::Duration;

use super::{GroupSettings, file::Section};

pub(super) fn groups(mut section: Section<'_, '_>) -> GroupSettings {
    let linger = section.integer("linger_secs", 10, 0..=3_600);
    section.finish();
    GroupSettings { linger: Duration::from_secs(linger) }
}
