//! XINFO STREAM: a topic in Redis' words.

use super::Session;
use crate::{
    broker::OffsetRange,
    command::{self, EntryId, IdText, StreamKey, is_word},
    message::{Rejection, StoredRecord, TopicName},
    pipeline::read_refusal,
    resp::Args,
};

/// Entries that FULL shows where the client does not say how many.
const FULL_ENTRIES: usize = 10;
/// Most entries that FULL shows.
const FULL_ENTRIES_MAX: usize = 10_000;
/// Offsets at the end that are looked through for a record that can be shown.
const LAST_OFFSETS: u64 = 64;

/// What is asked of one stream: its partitions, each with its ends.
struct Stream {
    topic: TopicName,
    partitions: Vec<(u32, OffsetRange)>,
}

impl Session {
    pub(super) async fn xinfo(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        match args[1].to_ascii_uppercase().as_slice() {
            b"STREAM" => self.xinfo_stream(args).await,
            b"GROUPS" => self.xinfo_groups(args).await,
            b"CONSUMERS" => self.xinfo_consumers(args).await,
            b"HELP" => {
                self.xinfo_help();
                Ok(())
            }
            _ => Err(command::unknown_subcommand("XINFO", &args[1])),
        }
    }

    fn xinfo_help(&mut self) {
        let lines = [
            "XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            "CONSUMERS <key> <groupname>",
            "    Show consumers of <groupname>.",
            "GROUPS <key>",
            "    Show the stream consumer groups.",
            "STREAM <key> [FULL [COUNT <count>]",
            "    Show information about the stream.",
            "HELP",
            "    Print this help.",
        ];
        self.replies.array(lines.len());
        lines.iter().for_each(|line| self.replies.simple(line));
    }

    async fn xinfo_stream(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let Some(key) = args.get(2) else {
            return Err(command::wrong_arity("xinfo|stream"));
        };
        let full = match (args.get(3), args.get(4), args.get(5)) {
            (None, ..) => None,
            (Some(full), None, _) if is_word(full, "FULL") => Some(FULL_ENTRIES),
            (Some(full), Some(count), Some(number))
                if is_word(full, "FULL") && is_word(count, "COUNT") && args.len() == 6 =>
            {
                let count = usize::try_from(command::integer(number)?).unwrap_or(FULL_ENTRIES);
                Some(if count == 0 { FULL_ENTRIES_MAX } else { count.min(FULL_ENTRIES_MAX) })
            }
            _ => return Err(command::unknown_subcommand("XINFO", &args[1])),
        };
        let key = command::stream_key(key)?;
        self.check_consume(&key.topic)?;
        let Some(stream) = self.stream_with_ends(&key).await? else {
            return Err(Rejection::err("no such key"));
        };
        match full {
            None => self.send_summary(&stream).await,
            Some(count) => self.send_full(&stream, count).await,
        }
    }

    /// The stream that a key stands for, with its ends; `None` if there is none.
    async fn stream_with_ends(&self, key: &StreamKey) -> Result<Option<Stream>, Rejection> {
        let Some(topic) = self.find_topic(&key.topic).await? else { return Ok(None) };
        let ranges = self.broker()?.all_offsets(&topic.name).await.map_err(read_refusal)?;
        let is_meant = |(at, _): &(u32, _)| key.partition.is_none_or(|named| named == *at);
        let partitions: Vec<_> = (0..).zip(ranges).filter(is_meant).collect();
        Ok((!partitions.is_empty()).then_some(Stream { topic: topic.name, partitions }))
    }

    async fn send_summary(&mut self, stream: &Stream) -> Result<(), Rejection> {
        // All is asked for before anything is sent: a reply cannot be taken back.
        let groups = self.broker()?.groups(&stream.topic).await.map_err(read_refusal)?.len();
        let first = self.first_entries(stream, 1).await?;
        let last = self.last_entry(stream).await?;
        self.replies.map(10);
        self.send_counts(stream);
        self.number("groups", groups as u64);
        self.replies.bulk(b"first-entry");
        self.send_entry_or_null(first.into_iter().next());
        self.replies.bulk(b"last-entry");
        self.send_entry_or_null(last);
        Ok(())
    }

    async fn send_full(&mut self, stream: &Stream, count: usize) -> Result<(), Rejection> {
        let entries = self.first_entries(stream, count).await?;
        self.replies.map(9);
        self.send_counts(stream);
        self.replies.bulk(b"entries");
        self.replies.array(entries.len());
        for entry in entries {
            self.send_entry(entry.0, &entry.1);
        }
        self.replies.bulk(b"groups");
        self.send_groups_in_full(&stream.topic, count).await
    }

    /// The seven fields that both forms begin with. The nodes of a tree that a log does not have
    /// are its partitions, and their root.
    fn send_counts(&mut self, stream: &Stream) {
        let partitions = stream.partitions.len() as u64;
        let sum = |of: fn(&OffsetRange) -> u64| stream.partitions.iter().map(|(_, r)| of(r)).sum();
        self.number("length", sum(|range| range.end - range.start));
        self.number("radix-tree-keys", partitions);
        self.number("radix-tree-nodes", partitions + 1);
        self.id("last-generated-id", stream.last());
        self.id("max-deleted-entry-id", stream.last_deleted());
        self.number("entries-added", sum(|range| range.end));
        self.id("recorded-first-entry-id", stream.first());
    }

    fn id(&mut self, name: &str, id: EntryId) {
        self.replies.bulk(name.as_bytes());
        self.replies.bulk(IdText::from(id).as_bytes());
    }

    /// The first entries, partition by partition.
    async fn first_entries(
        &self,
        stream: &Stream,
        count: usize,
    ) -> Result<Vec<(u32, StoredRecord)>, Rejection> {
        let (mut entries, mut bytes) = (Vec::new(), 0);
        for (partition, range) in &stream.partitions {
            let mut next = range.start;
            while entries.len() < count && next < range.end {
                let limit = (count - entries.len()).min(super::streams::FETCH_RECORDS);
                let fetched = self.fetch(&stream.topic, *partition, next, limit).await?;
                let (shown, behind, failure) = fetched;
                if let Some(failure) = failure {
                    return Err(failure);
                }
                for stored in shown {
                    bytes += self.check_reply(&stored, bytes)?;
                    entries.push((*partition, stored));
                }
                let Some(behind) = behind else { break };
                next = behind;
            }
        }
        entries.truncate(count);
        Ok(entries)
    }

    async fn last_entry(&self, stream: &Stream) -> Result<Option<(u32, StoredRecord)>, Rejection> {
        let Some((partition, range)) = stream.longest() else { return Ok(None) };
        let from = range.end.saturating_sub(LAST_OFFSETS).max(range.start);
        let limit = usize::try_from(LAST_OFFSETS).unwrap_or(usize::MAX);
        let (shown, _, failure) = self.fetch(&stream.topic, partition, from, limit).await?;
        match failure {
            Some(failure) => Err(failure),
            None => Ok(shown.into_iter().next_back().map(|stored| (partition, stored))),
        }
    }

    fn send_entry_or_null(&mut self, entry: Option<(u32, StoredRecord)>) {
        match entry {
            Some((partition, stored)) => self.send_entry(partition, &stored),
            None => self.replies.null(),
        }
    }
}

impl Stream {
    /// Id behind which nothing was added yet.
    fn last(&self) -> EntryId {
        let ends = self.partitions.iter().filter(|(_, range)| range.end > 0);
        let ids = ends.map(|(partition, range)| EntryId::of(*partition, range.end - 1));
        ids.max().unwrap_or(EntryId::FIRST)
    }

    fn last_deleted(&self) -> EntryId {
        let starts = self.partitions.iter().filter(|(_, range)| range.start > 0);
        let ids = starts.map(|(partition, range)| EntryId::of(*partition, range.start - 1));
        ids.max().unwrap_or(EntryId::FIRST)
    }

    fn first(&self) -> EntryId {
        let filled = self.partitions.iter().filter(|(_, range)| range.end > range.start);
        let ids = filled.map(|(partition, range)| EntryId::of(*partition, range.start));
        ids.min().unwrap_or(EntryId::FIRST)
    }

    /// The partition that holds the entry with the largest id.
    fn longest(&self) -> Option<(u32, OffsetRange)> {
        let filled = self.partitions.iter().filter(|(_, range)| range.end > range.start);
        filled.max_by_key(|(partition, range)| (range.end, *partition)).copied()
    }
}
