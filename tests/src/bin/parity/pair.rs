//! Both gateways of one configuration, and conversations played on both at once.

use std::{fmt, path::Path, time::Duration};

use sluicegate_tests::gateway::Refused;

use super::{
    arguments::Programs,
    conversation::Conversation,
    profile::Profile,
    side::{Side, Transcript},
};

/// An older and a newer gateway.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) old: Side,
    pub(crate) new: Side,
}

/// A gateway that did not start.
#[derive(Debug)]
pub(crate) struct NotStarted {
    program: String,
    refused: Refused,
}

impl Pair {
    /// Starts both.
    ///
    /// # Errors
    /// If one does not start.
    pub(crate) async fn start(
        programs: &Programs,
        profile: Profile,
        patience: Duration,
    ) -> Result<Self, NotStarted> {
        let start = async |program: &Path| {
            let side = Side::start(program, programs, profile, patience).await;
            let program = program.display().to_string();
            side.map_err(|refused| NotStarted { program, refused })
        };
        let (old, new) = tokio::join!(start(&programs.old), start(&programs.new));
        Ok(Self { old: old?, new: new? })
    }

    /// Plays a conversation on both.
    pub(crate) async fn play(&mut self, conversation: &Conversation) -> (Transcript, Transcript) {
        tokio::join!(self.old.play(conversation), self.new.play(conversation))
    }
}

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { program, refused } = self;
        write!(f, "{program} did not start ({}):\n{}", refused.status, refused.log)
    }
}
