//! Making names durable: a new or renamed file survives only once its folder is synced.

use std::{fs::File, io, path::Path};

/// Waits until the names in `folder` survive a power loss.
pub(super) fn folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
