//! What was asked of real stores and what they answered, kept while a conversation is recorded.

use std::sync::{Mutex, PoisonError};

use super::{Answer, Exchange, Question, ReachError};

/// Most exchanges of one conversation; what comes after them is not kept.
const EXCHANGES_MAX: usize = 10_000;

/// Exchanges in the order in which they were made, as they were: secrets and all. Its `Debug` shows
/// nothing of them.
#[derive(Default)]
pub struct Cassette(Mutex<Vec<Exchange>>);

impl std::fmt::Debug for Cassette {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cassette(..)")
    }
}

impl Cassette {
    pub(super) fn keep(
        &self,
        question: Question,
        heard: Result<(Answer, Vec<String>), ReachError>,
    ) {
        let (answer, columns) = match heard {
            Ok((answer, columns)) => (Ok(answer), columns),
            Err(error) => (Err(error), Vec::new()),
        };
        let mut exchanges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if exchanges.len() < EXCHANGES_MAX {
            exchanges.push(Exchange { question, answer, columns });
        }
    }

    /// What was kept since the last call.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
