//! What becomes of a plugin's questions to stores: asked, asked and written down, or answered by a
//! stand-in.

use std::sync::Arc;

use super::{Cassette, Columns, Question, ReachError, StandIn, Told};

/// How a plugin's granted stores are used.
#[derive(Clone, Debug, Default)]
pub struct StoreUse {
    by: Source,
    reads_only: bool,
}

/// Where answers come from.
#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    Store,
    StandIn(Arc<StandIn>),
    Recorded(Arc<Cassette>),
}

impl StoreUse {
    /// Nothing is asked of stores, and nothing connected: `stand_in` answers.
    pub fn played(stand_in: Arc<StandIn>) -> Self {
        Self { by: Source::StandIn(stand_in), reads_only: false }
    }

    /// Stores are asked, and what they answer is kept in `cassette`.
    pub fn recorded(cassette: Arc<Cassette>) -> Self {
        Self { by: Source::Recorded(cassette), reads_only: false }
    }

    /// The same, except that only what reads is asked; all else is refused.
    #[must_use]
    pub fn reading_only(&self) -> Self {
        Self { by: self.by.clone(), reads_only: true }
    }

    /// Makes plain data of a question where somebody wants it.
    pub(in crate::plugin) fn question(
        &self,
        question: impl FnOnce() -> Question,
    ) -> Option<Question> {
        match self.by {
            Source::Store => None,
            Source::StandIn(_) | Source::Recorded(_) => Some(question()),
        }
    }

    /// Answers what is granted. `question` is what [`StoreUse::question`] made of it; `ask` asks the
    /// store itself.
    pub(in crate::plugin) fn ask<T: Told>(
        &self,
        question: Option<Question>,
        may_write: bool,
        ask: impl FnOnce() -> Result<(T, Columns), ReachError>,
    ) -> Result<T, ReachError> {
        if may_write && self.reads_only {
            return Err(ReachError::Refused("not sent: EXPLAIN only reads".into()));
        }
        match (&self.by, question) {
            (Source::StandIn(stand_in), Some(question)) => {
                let answer = stand_in.answer(&question)?;
                T::from_answer(answer).ok_or_else(|| stand_in.lacks(&question))
            }
            (Source::Recorded(cassette), Some(question)) => {
                let heard = ask();
                let told = heard.as_ref().map(|(told, columns)| (told.answer(), columns.names()));
                cassette.keep(question, told.map_err(Clone::clone));
                heard.map(|(told, _)| told)
            }
            (Source::Store | Source::StandIn(_) | Source::Recorded(_), _) => {
                ask().map(|(told, _)| told)
            }
        }
    }
}
