//! Messages and the places they were found at, side by side.

use std::collections::HashMap;

use crate::faults::history::{Message, MessageId, Place, Stored};

/// Every message with its places.
pub(super) struct Book<'e> {
    /// In the order the writers first sent them, writer by writer.
    pub(super) entries: Vec<Entry<'e>>,
    /// Records of messages that nobody sent.
    pub(super) strangers: Vec<Stored>,
}

/// One message with its places.
pub(super) struct Entry<'e> {
    /// What was sent and answered.
    pub(super) message: &'e Message,
    /// Where the outside client found it, in the order of partition and offset.
    pub(super) places: Vec<Place>,
}

impl<'e> Book<'e> {
    pub(super) fn new(messages: &'e [Message], records: &[Stored]) -> Self {
        let mut entries: Vec<_> =
            messages.iter().map(|message| Entry { message, places: Vec::new() }).collect();
        let index: HashMap<MessageId, usize> =
            entries.iter().enumerate().map(|(n, entry)| (entry.message.id, n)).collect();
        let mut strangers = Vec::new();
        for record in records {
            match index.get(&record.id) {
                Some(n) => entries[*n].places.push(record.place),
                None => strangers.push(*record),
            }
        }
        Self { entries, strangers }
    }
}

impl Entry<'_> {
    /// Message and places, for people.
    pub(super) fn story(&self) -> String {
        let places: Vec<_> = self.places.iter().map(ToString::to_string).collect();
        let places = if places.is_empty() { "nowhere".to_owned() } else { places.join(", ") };
        format!("{}\n    found at (partition:offset): {places}", self.message)
    }
}
