//! XINFO STREAM: a topic in Redis' words.

use super::{Context, range::Placed};
use crate::{
    broker::{OffsetRange, TopicInfo},
    command::{self, EntryId, IdText, StreamKey, is_word},
    message::Rejection,
    order::StreamRange,
    pipeline::read_rejection,
    resp::Args,
};

/// Entries that FULL shows where the client does not say how many.
const FULL_ENTRIES: usize = 10;
/// Most entries that FULL shows.
const FULL_ENTRIES_MAX: usize = 10_000;

/// Redis' answer to other arguments of XINFO STREAM.
const WRONG_FORM: &str =
    "unknown subcommand or wrong number of arguments for 'STREAM'. Try XINFO HELP.";

/// What is asked of one stream: its partitions, each with its ends.
struct Stream {
    key: StreamKey,
    topic: TopicInfo,
    /// The one partition that it is about.
    partition: Option<u32>,
    partitions: Vec<(u32, OffsetRange)>,
}

impl Context {
    pub(crate) async fn xinfo(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        match args[1].to_ascii_uppercase().as_slice() {
            b"STREAM" => self.xinfo_stream(args).await,
            b"GROUPS" if args.len() != 3 => Err(command::wrong_arity("xinfo|groups")),
            b"GROUPS" => self.xinfo_groups(args).await,
            b"CONSUMERS" if args.len() != 4 => Err(command::wrong_arity("xinfo|consumers")),
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
            "    Prints this help.",
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
            _ => return Err(Rejection::err(WRONG_FORM)),
        };
        let key = command::stream_key(key)?;
        let Some(stream) = self.stream_with_ends(key).await? else {
            return Err(Rejection::err("no such key"));
        };
        match full {
            None => self.send_summary(&stream).await,
            Some(count) => self.send_full(&stream, count).await,
        }
    }

    /// The stream that a key stands for, with its ends; `None` if there is none.
    async fn stream_with_ends(&self, key: StreamKey) -> Result<Option<Stream>, Rejection> {
        let Some((topic, partition)) = self.stream(&key).await? else { return Ok(None) };
        let ranges = self.ends(&topic.name).await?;
        let is_meant = |(at, _): &(u32, _)| partition.is_none_or(|named| named == *at);
        let partitions = (0..).zip(ranges.iter().copied()).filter(is_meant).collect();
        Ok(Some(Stream { key, topic, partition, partitions }))
    }

    async fn send_summary(&mut self, stream: &Stream) -> Result<(), Rejection> {
        // All is asked for before anything is sent: a reply cannot be taken back.
        let groups = self.broker()?.groups(&stream.topic.name).await.map_err(read_rejection)?.len();
        let first = self.first_entries(stream, 1).await?;
        let last = self.last_entry(stream).await?;
        self.replies.map(10);
        self.send_counts(stream, last.as_ref());
        self.number("groups", groups as u64);
        self.replies.bulk(b"first-entry");
        self.send_entry_or_null(first.into_iter().next());
        self.replies.bulk(b"last-entry");
        self.send_entry_or_null(last);
        Ok(())
    }

    async fn send_full(&mut self, stream: &Stream, count: usize) -> Result<(), Rejection> {
        let entries = self.first_entries(stream, count).await?;
        let last = self.last_entry(stream).await?;
        self.replies.map(9);
        self.send_counts(stream, last.as_ref());
        self.replies.bulk(b"entries");
        self.replies.array(entries.len());
        for entry in entries {
            self.send_entry(entry.0, &entry.1);
        }
        self.replies.bulk(b"groups");
        self.send_groups_in_full(&stream.topic.name, count).await
    }

    /// The seven fields that both forms begin with. The nodes of a tree that a log does not have
    /// are its partitions, and their root. Of several partitions the last id is that of the entry
    /// behind which a reader waits for new ones.
    fn send_counts(&mut self, stream: &Stream, last: Option<&Placed>) {
        let partitions = stream.partitions.len() as u64;
        let sum = |of: fn(&OffsetRange) -> u64| stream.partitions.iter().map(|(_, r)| of(r)).sum();
        self.number("length", sum(|range| range.end - range.start));
        self.number("radix-tree-keys", partitions);
        self.number("radix-tree-nodes", partitions + 1);
        let last = last.filter(|_| stream.partition.is_none());
        let last = last.map(|(partition, stored)| EntryId::of(*partition, stored.offset));
        self.id("last-generated-id", last.unwrap_or_else(|| stream.last()));
        // Trimming does not count, as in Redis, and nothing else deletes.
        self.id("max-deleted-entry-id", EntryId::FIRST);
        self.number("entries-added", sum(|range| range.end));
        self.id("recorded-first-entry-id", stream.first());
    }

    fn id(&mut self, name: &str, id: EntryId) {
        self.replies.bulk(name.as_bytes());
        self.replies.bulk(IdText::from(id).as_bytes());
    }

    /// All entries that the key stands for.
    async fn whole(&self, stream: &Stream) -> Result<Option<StreamRange>, Rejection> {
        let asked = command::Range {
            key: stream.key.clone(),
            start: EntryId::FIRST,
            start_excluded: false,
            end: EntryId::LAST,
            end_excluded: false,
            count: None,
        };
        self.between(&stream.topic, stream.partition, &asked).await
    }

    /// The first entries in the stream's order.
    async fn first_entries(&self, stream: &Stream, count: usize) -> Result<Vec<Placed>, Rejection> {
        match self.whole(stream).await? {
            Some(range) => self.forwards(&stream.topic.name, range, count).await,
            None => Ok(Vec::new()),
        }
    }

    /// The last entry in the stream's order.
    async fn last_entry(&self, stream: &Stream) -> Result<Option<Placed>, Rejection> {
        let Some(range) = self.whole(stream).await? else { return Ok(None) };
        let found = self.backwards(&stream.topic.name, range, 1).await?;
        Ok(found.into_iter().next())
    }

    fn send_entry_or_null(&mut self, entry: Option<Placed>) {
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

    fn first(&self) -> EntryId {
        let filled = self.partitions.iter().filter(|(_, range)| range.end > range.start);
        let ids = filled.map(|(partition, range)| EntryId::of(*partition, range.start));
        ids.min().unwrap_or(EntryId::FIRST)
    }
}
