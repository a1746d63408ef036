//! Compares the segment files with the checkpoint and the journal.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io,
    path::Path,
    sync::Arc,
};

use anyhow::{Context, ensure};
use tracing::{error, warn};

use crate::broker::embedded::{
    layout,
    log::Log,
    partition::Partition,
    scan,
    segment::{SEGMENT_HEADER_BYTES, SegmentKey},
};

/// Segments that are shorter than when their checkpoint synced them, with the bytes that are left.
pub(super) type TruncatedSegments = BTreeMap<SegmentKey, u64>;

/// Finds, before the replay, segments that lost bytes; among them those that retention removed,
/// as the journal will say.
pub(super) fn find_truncated(log: &Log) -> io::Result<TruncatedSegments> {
    let mut truncated = TruncatedSegments::new();
    for partition in partitions(log) {
        let Some(folder) = &partition.folder else { continue };
        for segment in &partition.log().segments {
            let found = file_len(&layout::segment_file(folder, segment.base))?;
            if found < segment.len {
                truncated.insert(partition.segment_key(segment.base), found);
            }
        }
    }
    Ok(truncated)
}

/// Decides, after the replay, on segments that lost bytes and are still wanted.
///
/// The last one of a partition, if nothing follows, is cut to whole frames with an error in the
/// log: so a copy that was cut off opens. Any other refuses to open. Returns whether something was
/// cut.
pub(super) fn settle_truncated(log: &Log, truncated: &TruncatedSegments) -> anyhow::Result<bool> {
    let mut cut = false;
    for partition in partitions(log) {
        let (first, last) = (partition.segment_key(0), partition.segment_key(u64::MAX));
        for (SegmentKey { base, .. }, found) in truncated.range(first..=last) {
            let (is_there, is_last) = {
                let mut log = partition.log();
                let is_last = log.segments.back().is_some_and(|last| last.base == *base);
                (log.find_mut(*base).is_some(), is_last)
            };
            let Some(folder) = partition.folder.as_deref().filter(|_| is_there) else { continue };
            let path = layout::segment_file(folder, *base);
            ensure!(
                is_last,
                "`{}` ends at byte {found}, before its last record, and later segments follow: \
                 restore it from a copy of the folder",
                path.display()
            );
            cut_to_whole_frames(&partition, &path, *found)?;
            cut = true;
        }
    }
    Ok(cut)
}

fn cut_to_whole_frames(partition: &Partition, path: &Path, found: u64) -> anyhow::Result<()> {
    let kept = match File::open(path) {
        Ok(file) => scan::whole_frames(&file, partition, found)
            .with_context(|| format!("reading `{}`", path.display()))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => scan::Scanned::default(),
        Err(error) => return Err(error.into()),
    };
    let mut log = partition.log();
    let segment = log.segments.back_mut().expect("the last segment is being looked at");
    let (len, lost) = (segment.len, segment.end - kept.end.unwrap_or(segment.base));
    segment.end = kept.end.unwrap_or(segment.base);
    segment.len = kept.len.max(SEGMENT_HEADER_BYTES as u64);
    segment.flushed = segment.len;
    segment.index = kept.index;
    log.end = segment.end;
    if kept.end.is_none() {
        log.segments.pop_back();
    }
    log.start = log.start.min(log.end);
    drop(log);
    partition.resume();
    error!(
        path = %path.display(),
        bytes = len - found.min(len),
        records = lost,
        "end of a segment is missing, though it had been synced: its acknowledged records are lost"
    );
    Ok(())
}

/// Removes, after the replay, files and bytes that the log does not know: bytes after the end of a
/// partition, segments that retention dropped, and topics that were deleted.
pub(super) fn remove_orphans(log: &Log) -> anyhow::Result<()> {
    for folder in log.root.iter().flat_map(|root| layout::entries(&layout::topics_folder(root))) {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !log.catalog.topics().contains_key(name) {
            layout::remove_topic(&folder);
        }
    }
    for partition in partitions(log) {
        let Some(folder) = &partition.folder else { continue };
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            let Some(base) = layout::base_of(&path) else { continue };
            remove_orphan(&partition, base, &path)?;
        }
    }
    Ok(())
}

fn remove_orphan(partition: &Partition, base: u64, path: &Path) -> anyhow::Result<()> {
    let mut log = partition.log();
    let Some(segment) = log.find_mut(base) else {
        drop(log);
        warn!(path = %path.display(), "leftover of a segment removed");
        return Ok(fs::remove_file(path)?);
    };
    let is_log = path.extension().is_some_and(|extension| extension == "log");
    let flushed = segment.flushed;
    drop(log);
    if is_log && file_len(path)? > flushed {
        OpenOptions::new().write(true).open(path)?.set_len(flushed)?;
    }
    Ok(())
}

fn partitions(log: &Log) -> Vec<Arc<Partition>> {
    log.catalog.topics().values().flat_map(|topic| topic.partitions.clone()).collect()
}

fn file_len(path: &Path) -> io::Result<u64> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}
