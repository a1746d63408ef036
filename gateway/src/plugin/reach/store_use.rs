//! What becomes of a plugin's questions to stores: asked, asked if they only read, asked and written
//! down, or answered by a stand-in.

use std::sync::Arc;

use super::{Cassette, Columns, Question, ReachError, StandIn, Told};

/// How a plugin's granted stores are used.
#[derive(Clone, Debug, Default)]
pub enum StoreUse {
    /// Whatever is granted is asked.
    #[default]
    Granted,
    /// Only what reads is asked; all else is refused.
    ReadOnly,
    /// Nothing is asked, and nothing connected: a stand-in answers.
    Played(Arc<StandIn>),
    /// Whatever is granted is asked, and kept with its answer.
    Recorded(Arc<Cassette>),
}

impl StoreUse {
    /// Makes plain data of a question where somebody wants it.
    pub(in crate::plugin) fn question(
        &self,
        question: impl FnOnce() -> Question,
    ) -> Option<Question> {
        match self {
            Self::Granted | Self::ReadOnly => None,
            Self::Played(_) | Self::Recorded(_) => Some(question()),
        }
    }

    /// Answers what is granted. `question` is what [`StoreUse::question`] made of it; `ask` asks the
    /// store itself and also tells the names of columns.
    pub(in crate::plugin) fn ask<T: Told>(
        &self,
        question: Option<Question>,
        may_write: bool,
        ask: impl FnOnce() -> Result<(T, Columns), ReachError>,
    ) -> Result<T, ReachError> {
        match (self, question) {
            (Self::ReadOnly, _) if may_write => Err(not_sent()),
            (Self::Played(stand_in), Some(question)) => {
                let answer = stand_in.answer(&question)?;
                T::from_answer(answer).ok_or_else(|| stand_in.lacks(&question))
            }
            (Self::Recorded(cassette), Some(question)) => {
                let heard = ask();
                let told = heard.as_ref().map(|(told, columns)| (told.answer(), columns.names()));
                cassette.keep(question, told.map_err(Clone::clone));
                heard.map(|(told, _)| told)
            }
            _ => ask().map(|(told, _)| told),
        }
    }
}

fn not_sent() -> ReachError {
    ReachError::Refused("not sent: EXPLAIN only reads".into())
}
