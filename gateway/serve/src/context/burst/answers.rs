//! The reply to each command of a burst.

use super::{super::Context, Reply};
use crate::{
    entry::{EntryId, IdText},
    message::{Rejection, TopicName},
    pipeline::Outcome,
};

impl Context {
    /// Answers every command of a burst.
    pub(crate) fn answer_burst(
        &mut self,
        replies: impl Iterator<Item = Reply>,
        outcomes: Vec<Outcome>,
    ) {
        let mut outcomes = outcomes.into_iter();
        let mut counted = None;
        for reply in replies {
            match reply {
                Reply::Refused(rejection) => self.refuse(rejection),
                Reply::Null => self.replies.null(),
                Reply::Id | Reply::Trimmed(_) => self.answer_id(outcomes.next()),
                Reply::Ok => self.answer_ok(outcomes.next()),
                Reply::Receivers => self.answer_receivers(outcomes.next(), &mut counted),
            }
        }
    }

    fn answer_id(&mut self, outcome: Option<Outcome>) {
        match outcome {
            Some(Outcome::Stored(receipt)) => {
                let id = IdText::from(EntryId::of(receipt.partition, receipt.offset));
                self.replies.bulk(id.as_bytes());
            }
            Some(Outcome::Dropped) => self.replies.null(),
            Some(Outcome::Rejected(rejection)) => self.refuse(rejection),
            None => self.refuse(lost()),
        }
    }

    /// Counts the listeners of a topic once for the messages of a burst that lie side by side.
    fn answer_receivers(
        &mut self,
        outcome: Option<Outcome>,
        counted: &mut Option<(TopicName, usize)>,
    ) {
        let receipt = match outcome {
            Some(Outcome::Stored(receipt)) => receipt,
            Some(Outcome::Dropped) => return self.replies.integer(0),
            Some(Outcome::Rejected(rejection)) => return self.refuse(rejection),
            None => return self.refuse(lost()),
        };
        let known = counted.as_ref().filter(|(topic, _)| *topic == receipt.topic);
        let count = known.map_or_else(|| self.receivers(&receipt.topic), |(_, count)| *count);
        *counted = Some((receipt.topic, count));
        self.replies.integer(i64::try_from(count).unwrap_or(i64::MAX));
    }

    fn receivers(&self, topic: &TopicName) -> usize {
        let cluster = self.identity().map(|identity| identity.cluster.id);
        cluster.map_or(0, |cluster| self.services.channels.receivers(cluster, topic))
    }

    fn answer_ok(&mut self, outcome: Option<Outcome>) {
        match outcome {
            Some(Outcome::Stored(_) | Outcome::Dropped) => self.replies.ok(),
            Some(Outcome::Rejected(rejection)) => self.refuse(rejection),
            None => self.refuse(lost()),
        }
    }
}

/// For an answer that never came; it cannot happen as long as the pipeline answers every message.
fn lost() -> Rejection {
    Rejection::new(
        crate::message::ErrorCode::Unknown,
        "publish may or may not be stored: the gateway lost its receipt",
    )
}
