//! What became of one record, as the answer says it.

use serde::Serialize;

use crate::{
    message::{Rejection, RejectionKind},
    pipeline::Outcome,
};

/// Durable; or with partition and offset -1 dropped by a filter: acknowledged, not stored.
const DONE: u8 = 0;
/// Not stored; the same record may be sent again.
const NOT_STORED: u8 = 1;
/// It may or may not be stored.
const UNKNOWN: u8 = 2;
/// A plugin rejected it; it will again.
const REJECTED: u8 = 3;
/// Its value is over the limit.
const TOO_LARGE: u8 = 4;
/// Not tried: the broker is away, too much is waiting, or the time is up. Send it again later.
const UNTRIED: u8 = 5;
/// Partition and offset of what is not stored, or not known to be.
const NOWHERE: i64 = -1;

/// Where a record is, or why it is not.
#[derive(Debug, Serialize)]
pub(super) struct Fate {
    partition: i64,
    offset: i64,
    error_code: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Fate {
    fn failed(error_code: u8, error: String) -> Self {
        Self { partition: NOWHERE, offset: NOWHERE, error_code, error: Some(error) }
    }

    /// A value over the limit.
    pub(super) fn too_large(refused: &Rejection) -> Self {
        Self::failed(TOO_LARGE, refused.to_string())
    }

    /// A record whose turn did not come within the publish deadline.
    pub(super) fn out_of_time() -> Self {
        let words = "BUSY the publish deadline passed before this record, nothing of it was stored";
        Self::failed(UNTRIED, words.to_owned())
    }

    /// A record without an answer.
    pub(super) fn unknown() -> Self {
        let words = "UNKNOWN publish may or may not be stored: the publish deadline passed";
        Self::failed(UNKNOWN, words.to_owned())
    }

    /// The reason, if it was not even tried to store it.
    pub(super) fn untried(&self) -> Option<&str> {
        self.error.as_deref().filter(|_| self.error_code == UNTRIED)
    }
}

impl From<Outcome> for Fate {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Stored(receipt) => Self {
                partition: i64::from(receipt.partition),
                offset: i64::try_from(receipt.offset).unwrap_or(i64::MAX),
                error_code: DONE,
                error: None,
            },
            Outcome::Dropped => {
                Self { partition: NOWHERE, offset: NOWHERE, error_code: DONE, error: None }
            }
            Outcome::Rejected(rejection) => {
                if let Some(private) = &rejection.private {
                    tracing::debug!(error = format!("{private:#}"), "record refused");
                }
                Self::failed(error_code(rejection.kind), rejection.to_string())
            }
        }
    }
}

fn error_code(kind: RejectionKind) -> u8 {
    match kind {
        RejectionKind::Refused => NOT_STORED,
        RejectionKind::Plugin => REJECTED,
        RejectionKind::Unavailable => UNTRIED,
        RejectionKind::Unknown => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{broker::BrokerError, message::ErrorCode};

    #[test]
    fn every_refusal_says_whether_something_was_stored() {
        let away = BrokerError::Unreachable { reason: "gone".into() };
        let rejected = ErrorCode::Rejected { plugin: "p".into() };
        for (rejection, code) in [
            (crate::pipeline::publish_rejection(away), UNTRIED),
            (crate::pipeline::publish_rejection(BrokerError::Closed), UNTRIED),
            (Rejection::new(ErrorCode::Busy, "full"), UNTRIED),
            (Rejection::new(ErrorCode::Unknown, "lost"), UNKNOWN),
            (Rejection::new(rejected, "no"), REJECTED),
            (Rejection::err("no such topic"), NOT_STORED),
        ] {
            let fate = Fate::from(Outcome::Rejected(rejection));
            assert_eq!((fate.error_code, fate.partition), (code, -1), "{fate:?}");
        }
    }

    #[test]
    fn a_stored_record_reads_as_in_the_original() {
        let receipt = crate::message::Receipt {
            topic: crate::message::TopicName::new("t").unwrap(),
            partition: 1,
            offset: 100,
            timestamp_ms: 0,
        };
        let text = serde_json::to_string(&Fate::from(Outcome::Stored(receipt))).unwrap();
        assert_eq!(text, r#"{"partition":1,"offset":100,"error_code":0}"#);
    }
}
