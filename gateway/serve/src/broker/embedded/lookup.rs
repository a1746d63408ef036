//! Finding the index of a segment: in memory, in its file, or by walking over the frames.

use std::{fs, sync::Arc};

use super::{files::SegmentFile, index::Index, layout, read::Reader, scan};
use crate::broker::BrokerError;

impl Reader<'_> {
    /// Asks the index of a segment, wherever it is; `None` also if the segment is gone.
    pub(super) fn with_index<T>(
        &self,
        base: u64,
        ask: impl Fn(&Index) -> Option<T>,
    ) -> Result<Option<T>, BrokerError> {
        let missing = {
            let mut log = self.partition.log();
            let is_last = log.segments.back().is_some_and(|last| last.base == base);
            let Some(segment) = log.find_mut(base) else { return Ok(None) };
            if !segment.index_is_partial() {
                return Ok(ask(&segment.index));
            }
            let known_from = segment.index.begins_at().unwrap_or(segment.len);
            let is_sealed = !is_last && segment.tail.is_empty();
            (known_from.min(segment.flushed), segment.len, is_sealed)
        };
        let (unknown_len, segment_len, is_sealed) = missing;
        let file = match self.files.open(self.partition, base) {
            Err(_) if self.partition.is_gone(base) => return Ok(None),
            opened => opened.map_err(|error| self.unreadable(base, &error))?,
        };
        if is_sealed {
            return Ok(ask(self.index_of_sealed(&file, base, segment_len)?));
        }
        // Reopened: the frames from before are not in the index of the segment yet.
        let earlier = self.scan(&file, base, unknown_len)?;
        let answer = ask(&earlier);
        let mut log = self.partition.log();
        let Some(segment) = log.find_mut(base) else { return Ok(answer) };
        if segment.index_is_partial() {
            segment.index.prepend(earlier);
        }
        Ok(ask(&segment.index))
    }

    fn index_of_sealed<'f>(
        &self,
        file: &'f Arc<SegmentFile>,
        base: u64,
        segment_len: u64,
    ) -> Result<&'f Index, BrokerError> {
        if let Some(index) = file.index.get() {
            return Ok(index);
        }
        let folder = self.partition.folder.as_deref().expect("only files have index files");
        let stored = fs::read(layout::index_file(folder, base)).ok();
        let index = match stored.and_then(|bytes| Index::decode(&bytes, segment_len)) {
            Some(index) => index,
            None => self.scan(file, base, segment_len)?,
        };
        Ok(file.index.get_or_init(|| index))
    }

    /// The index of the first `len` bytes. Damage ends it early; reading there reports it.
    fn scan(&self, file: &SegmentFile, base: u64, len: u64) -> Result<Index, BrokerError> {
        let scanned = scan::whole_frames(&file.file, self.partition, len);
        Ok(scanned.map_err(|error| self.unreadable(base, &error))?.index)
    }
}
