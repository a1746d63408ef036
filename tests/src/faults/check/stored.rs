//! Is there what was acknowledged, and no more than was sent?

use super::{Promise, Violation, book::Book, book::Entry};
use crate::faults::history::Answer;

pub(super) fn check(book: &Book<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    for entry in &book.entries {
        let broken = [missing(entry), too_often(entry), misplaced(entry)];
        for promise in broken.into_iter().flatten() {
            found.push(Violation { promise, story: entry.story() });
        }
    }
    found.extend(book.strangers.iter().map(|record| Violation {
        promise: Promise::NothingInvented,
        story: format!("record {} holds {}, which nobody sent", record.place, record.id),
    }));
    found
}

fn missing(entry: &Entry<'_>) -> Option<Promise> {
    let is_missing = entry.message.is_acknowledged() && entry.places.is_empty();
    is_missing.then_some(Promise::AcknowledgedIsStored)
}

/// Every sending stores at most once, and those that were answered with `nothing was stored` not at
/// all.
fn too_often(entry: &Entry<'_>) -> Option<Promise> {
    let attempts = &entry.message.attempts;
    let allowed = attempts.iter().filter(|attempt| attempt.answer.may_be_stored()).count();
    (entry.places.len() > allowed).then_some(Promise::StoredOnce)
}

fn misplaced(entry: &Entry<'_>) -> Option<Promise> {
    let mut answers = entry.message.attempts.iter().map(|attempt| &attempt.answer);
    let is_wrong =
        |answer: &Answer| matches!(answer, Answer::Stored(Some(p)) if !entry.places.contains(p));
    let is_there = !entry.places.is_empty(); // otherwise it is missing, which is said already
    (is_there && answers.any(is_wrong)).then_some(Promise::PlaceIsTrue)
}
