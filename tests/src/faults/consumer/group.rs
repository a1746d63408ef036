//! What a group's consumers saw, noted by all of them.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use crate::faults::history::{Commit, Delivery, GroupHistory, MessageId, Place, Session, Waited};

/// A group's notes.
#[derive(Debug)]
pub struct Group {
    name: &'static str,
    notes: Mutex<Notes>,
}

/// What kind of command was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// An MGET.
    Read,
    /// A commit.
    Commit,
}

/// How often and when something was seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// How often.
    pub count: u64,
    /// First time.
    pub first: Duration,
    /// Last time.
    pub last: Duration,
}

#[derive(Debug, Default)]
struct Notes {
    history: GroupHistory,
    seen: HashSet<Place>,
    troubles: BTreeMap<(Trouble, String), Seen>,
    late: Vec<Waited>,
    longest: BTreeMap<&'static str, Duration>,
}

impl Group {
    /// A group that saw nothing yet.
    pub fn new(name: &'static str) -> Self {
        let history = GroupHistory { name: name.to_owned(), ..GroupHistory::default() };
        Self { name, notes: Mutex::new(Notes { history, ..Notes::default() }) }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Number of different records that its consumers were given.
    pub fn progress(&self) -> usize {
        self.notes().seen.len()
    }

    /// Deliveries so far, repeats included.
    pub fn deliveries(&self) -> usize {
        self.notes().history.deliveries.len()
    }

    /// Commands that were refused, with the answers.
    pub fn troubles(&self) -> BTreeMap<(Trouble, String), Seen> {
        self.notes().troubles.clone()
    }

    /// The longest answer to each command.
    pub fn longest(&self) -> BTreeMap<&'static str, Duration> {
        self.notes().longest.clone()
    }

    /// All that was noted: the history, and answers that took longer than they may.
    pub fn take(&self) -> (GroupHistory, Vec<Waited>) {
        let mut notes = self.notes();
        (std::mem::take(&mut notes.history), std::mem::take(&mut notes.late))
    }

    /// A session begins; its index.
    pub(super) fn begin(&self, gateway: usize, began: Duration) -> usize {
        let mut notes = self.notes();
        notes.history.sessions.push(Session { gateway, began });
        notes.history.sessions.len() - 1
    }

    pub(super) fn deliver(&self, session: usize, place: Place, id: MessageId, at: Duration) {
        let mut notes = self.notes();
        notes.seen.insert(place);
        notes.history.deliveries.push(Delivery { session, place, id, at });
    }

    pub(super) fn commit(&self, session: usize, place: Place, at: Duration) {
        self.notes().history.commits.push(Commit { session, place, at });
    }

    pub(super) fn trouble(&self, kind: Trouble, answer: &str, at: Duration) {
        let mut notes = self.notes();
        let seen = notes.troubles.entry((kind, answer.to_owned()));
        let seen = seen.or_insert(Seen { count: 0, first: at, last: at });
        seen.count += 1;
        seen.last = at;
    }

    /// Keeps the answer only if it was late: there are too many good ones.
    pub(super) fn waited(&self, waited: Waited) {
        let mut notes = self.notes();
        let longest = notes.longest.entry(waited.command).or_default();
        *longest = waited.took.max(*longest);
        if waited.took > waited.allowed {
            notes.late.push(waited);
        }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().expect("no holder panics")
    }
}
