//! Answers in place of stores: from what a conversation's fixtures say.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Answer, Asked, Cell, Question, ReachError};

mod held; //     what servers hold
mod keyspace; // their answers to commands
mod reply;
mod sorted; //   the same for sorted sets

pub use held::{Held, Keyspace};

/// What stores hold and answer in a conversation.
#[derive(Clone, Debug, Default)]
pub struct Fixtures {
    /// What Redis servers hold, by plugin and connection.
    pub keys: BTreeMap<(String, String), Keyspace>,
    /// Questions with their answers. Each is answered in the order of its entries, the last one for
    /// ever; an entry that names its question whole goes before one that leaves something open.
    pub calls: Vec<Call>,
}

/// A question that is answered.
#[derive(Clone, Debug)]
pub struct Call {
    /// The plugin that asks.
    pub plugin: String,
    /// The connection it asks.
    pub connection: String,
    /// What it asks.
    pub asks: Asks,
    /// What it hears.
    pub answer: Result<Answer, ReachError>,
}

/// Which questions an entry answers.
#[derive(Clone, Debug)]
pub enum Asks {
    /// Just this one.
    Just(Asked),
    /// Any statement or query that fits.
    Rows {
        /// One with this text or name; `None`: any.
        of: Option<RowsOf>,
        /// One with these parameters; `None`: any.
        parameters: Option<Vec<Cell>>,
    },
}

/// A statement or a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowsOf {
    /// A statement of the settings file, by its name.
    Statement(String),
    /// A SELECT of the plugin's own, by its text; how much white space stands in it is all the same.
    Query(String),
}

/// Plays fixtures for one conversation.
#[derive(Debug)]
pub struct StandIn {
    fixtures: Arc<Fixtures>,
    /// The file to add to, for errors.
    file: String,
    asked: Mutex<QuestionLog>,
}

#[derive(Debug, Default)]
struct QuestionLog {
    /// How often each question was asked.
    times: BTreeMap<Question, usize>,
    /// What nothing is known about.
    lacking: BTreeSet<String>,
}

impl StandIn {
    /// Plays `fixtures`, which are or would be in `file`.
    pub fn new(fixtures: Arc<Fixtures>, file: impl Into<String>) -> Self {
        Self { fixtures, file: file.into(), asked: Mutex::default() }
    }

    /// Questions so far for which there was no fixture, as `PLUGIN: redis.NAME COMMAND`.
    pub fn lacking(&self) -> Vec<String> {
        self.asked().lacking.iter().cloned().collect()
    }

    /// True if it has an answer.
    pub fn knows(&self, question: &Question) -> bool {
        !self.calls(question).is_empty() || self.held(question).is_some()
    }

    fn asked(&self) -> MutexGuard<'_, QuestionLog> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the store would answer; the next time perhaps something else.
    ///
    /// # Errors
    /// The store's, as fixtures say; `Unavailable` where they do not.
    pub fn answer(&self, question: &Question) -> Result<Answer, ReachError> {
        self.known(question).unwrap_or_else(|| Err(self.lacks(question)))
    }

    fn known(&self, question: &Question) -> Option<Result<Answer, ReachError>> {
        let calls = self.calls(question);
        let Some(last) = calls.last() else { return self.held(question) };
        let mut asked = self.asked();
        let times = asked.times.entry(question.clone()).or_default();
        let call = calls.get(*times).unwrap_or(last);
        *times += 1;
        Some(call.answer.clone())
    }

    /// The entries for it, in order.
    fn calls(&self, question: &Question) -> Vec<&Call> {
        let fitting = |whole: bool| {
            let calls = self.fixtures.calls.iter();
            calls.filter(|call| call.is_whole() == whole && call.fits(question)).collect::<Vec<_>>()
        };
        let whole = fitting(true);
        if whole.is_empty() { fitting(false) } else { whole }
    }

    /// What keys say to it.
    fn held(&self, question: &Question) -> Option<Result<Answer, ReachError>> {
        let Asked::Command { name, arguments } = &question.asked else { return None };
        let store = (question.plugin.clone(), question.connection.clone());
        self.fixtures.keys.get(&store)?.answer(name, arguments)
    }

    /// Notes that there is no fixture, and says so.
    pub(super) fn lacks(&self, question: &Question) -> ReachError {
        let shown = question.shown();
        self.asked().lacking.insert(format!("{}: {shown}", question.plugin));
        ReachError::Unavailable(format!(
            "no fixture for {shown}: add it to {}, or record it with `sluicegate test --record`",
            self.file
        ))
    }
}

impl Call {
    /// True if it leaves nothing of its question open.
    fn is_whole(&self) -> bool {
        match &self.asks {
            Asks::Just(_) => true,
            Asks::Rows { of, parameters } => of.is_some() && parameters.is_some(),
        }
    }

    fn fits(&self, question: &Question) -> bool {
        self.plugin == question.plugin
            && self.connection == question.connection
            && self.asks.fit(&question.asked)
    }
}

impl Asks {
    fn fit(&self, asked: &Asked) -> bool {
        let (of, expected) = match self {
            Self::Just(just) => return just == asked,
            Self::Rows { of, parameters } => (of, parameters),
        };
        let (is_of, parameters) = match asked {
            Asked::Command { .. } => return false,
            Asked::Statement { name, parameters } => {
                (of.as_ref().is_none_or(|of| *of == RowsOf::Statement(name.clone())), parameters)
            }
            Asked::Query { text, parameters } => {
                let is_same = |of: &RowsOf| matches!(of, RowsOf::Query(query) if query.split_whitespace().eq(text.split_whitespace()));
                (of.as_ref().is_none_or(is_same), parameters)
            }
        };
        is_of && expected.as_ref().is_none_or(|expected| expected == parameters)
    }
}

#[cfg(test)]
mod tests;
