//! Where everything is in the data folder: `topics/<topic>/<partition>/<first offset>.log`.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use tracing::warn;

use crate::message::TopicPartition;

/// Folder of all topics.
pub(super) fn topics_folder(root: &Path) -> PathBuf {
    root.join("topics")
}

/// Folder of a topic. Legal topic names are safe as folder names.
pub(super) fn topic_folder(root: &Path, topic: &str) -> PathBuf {
    topics_folder(root).join(topic)
}

/// Folder of a partition.
pub(super) fn partition_folder(root: &Path, name: &TopicPartition) -> PathBuf {
    topic_folder(root, name.topic.as_str()).join(name.partition.to_string())
}

/// File of the segment that begins with offset `base`.
pub(super) fn segment_file(folder: &Path, base: u64) -> PathBuf {
    folder.join(format!("{base:020}.log"))
}

/// Index file of the segment that begins with offset `base`.
pub(super) fn index_file(folder: &Path, base: u64) -> PathBuf {
    folder.join(format!("{base:020}.idx"))
}

/// First offset of the segment that a file belongs to; `None` for a foreign file.
pub(super) fn base_of(path: &Path) -> Option<u64> {
    let ours = matches!(path.extension()?.to_str()?, "log" | "idx");
    let stem = path.file_stem()?.to_str()?;
    (ours && stem.len() == 20).then(|| stem.parse().ok()).flatten()
}

/// What is in a folder; empty if it does not exist.
pub(super) fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// Removes the files of a deleted topic, and its folders where nothing else is in them.
///
/// A file that cannot be removed only costs disk space; opening the log tries again.
pub(super) fn remove_topic(folder: &Path) {
    for partition in entries(folder) {
        for path in entries(&partition).iter().filter(|path| base_of(path).is_some()) {
            if let Err(error) = fs::remove_file(path) {
                warn!(path = %path.display(), %error, "file of a deleted topic not removed");
            }
        }
        let _ = fs::remove_dir(partition);
    }
    let _ = fs::remove_dir(folder);
}

/// Waits until the names in `folder` survive a power loss: a new or renamed file survives only
/// once its folder is synced.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
