//! Failures of plugins and brokers as rejections, in words for the client.

use std::{sync::LazyLock, time::Duration};

use crate::{
    broker::BrokerError,
    message::{ErrorCode, Rejection},
    plugin::{CallError, Plugin},
    telemetry::LogThrottle,
};

/// While the broker is away every message of every client fails: a line a second says it.
static LINES: LazyLock<LogThrottle> = LazyLock::new(|| LogThrottle::new(Duration::from_secs(1)));

/// A failed plugin call, as the client hears it. Nothing was stored.
pub(super) fn plugin_rejection(plugin: &Plugin, error: CallError) -> Rejection {
    let code = ErrorCode::Rejected { plugin: plugin.name().to_owned() };
    let rejection = Rejection::new(code, error.public());
    Rejection { private: Some(error.into()), ..rejection }
}

/// The plugins used up the publish deadline of a burst. Nothing was stored.
pub(super) fn too_late() -> Rejection {
    Rejection::new(
        ErrorCode::Busy,
        "the plugins took longer than the publish deadline, nothing was stored",
    )
}

/// What the broker was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokerOp {
    /// Store messages.
    Publish,
    /// Read records, offsets or metadata.
    Read,
    /// Commit offsets of a group.
    Commit,
    /// Create a topic.
    Create,
    /// Delete a topic, or records of it.
    Delete,
}

impl BrokerOp {
    /// Texts for an unknown outcome, and for a certain failure.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Publish => ("publish may or may not be stored", ", nothing was stored"),
            Self::Read => ("it is not known what there is", ""),
            Self::Commit => ("commit may or may not be stored", ", nothing was committed"),
            Self::Delete => ("it may or may not be deleted", ", nothing was deleted"),
            Self::Create => ("the topic may or may not be made", ", nothing was made"),
        }
    }
}

/// A broker's error to a publish, as the client hears it.
pub fn publish_rejection(error: BrokerError) -> Rejection {
    broker_rejection(BrokerOp::Publish, error)
}

/// A broker's error to a read, as the client hears it.
pub fn read_rejection(error: BrokerError) -> Rejection {
    broker_rejection(BrokerOp::Read, error)
}

/// A broker's error, as the client hears it.
pub fn broker_rejection(op: BrokerOp, error: BrokerError) -> Rejection {
    log(&error);
    let (unknown, nothing) = op.words();
    let rejection = match &error {
        BrokerError::NoSuchTopic { .. } => Rejection::err("no such topic"),
        BrokerError::NotNext { expected, next, .. } => Rejection::err(not_next(*expected, *next)),
        BrokerError::NoSuchPartition { .. }
        | BrokerError::TopicExists { .. }
        | BrokerError::NotOwner { .. } => Rejection::err(error.to_string()),
        BrokerError::Closed => Rejection::unavailable(error.to_string()),
        BrokerError::Unreachable { .. } => {
            Rejection::unavailable(format!("the broker cannot be reached{nothing}"))
        }
        BrokerError::Busy { .. } => {
            let text = "too much is waiting to be stored, nothing was taken";
            Rejection::new(ErrorCode::Busy, text)
        }
        BrokerError::Refused { .. } => Rejection::err(format!("the broker refused{nothing}")),
        BrokerError::Unknown { .. } => {
            let text = format!("{unknown}: no answer from the broker");
            Rejection::new(ErrorCode::Unknown, text)
        }
        BrokerError::Corrupt { .. } => {
            Rejection::err("stored data is damaged, see the gateway's log")
        }
    };
    Rejection { private: Some(error.into()), ..rejection }
}

/// Redis' words for an id that is not after the last; our own for one that leaves a gap.
fn not_next(expected: u64, next: u64) -> String {
    if expected < next {
        return "The ID specified in XADD is equal or smaller than the target stream top item"
            .to_owned();
    }
    let (id, next) = (u128::from(expected) + 1, u128::from(next) + 1);
    format!(
        "The ID {id}-0 is not the next one, which is {next}-0: a log has no gaps, let the gateway \
         choose with `*`"
    )
}

fn log(error: &BrokerError) {
    match error {
        // Someone must act: stored data does not come back by itself.
        BrokerError::Corrupt { .. } => tracing::error!(%error, "stored data is damaged"),
        BrokerError::Refused { .. }
        | BrokerError::Unknown { .. }
        | BrokerError::Unreachable { .. } => {
            if let Some(held_back) = LINES.allow() {
                tracing::warn!(%error, held_back, "broker did not do what a client wanted");
            }
        }
        BrokerError::NoSuchTopic { .. }
        | BrokerError::NoSuchPartition { .. }
        | BrokerError::TopicExists { .. }
        | BrokerError::NotOwner { .. }
        | BrokerError::NotNext { .. }
        | BrokerError::Busy { .. }
        | BrokerError::Closed => {}
    }
}
