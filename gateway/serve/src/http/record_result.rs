//! The result of one record in the response to a publish.

use serde::{Serialize, Serializer};

use crate::{
    message::{Rejection, RejectionKind},
    pipeline::Outcome,
};

/// Partition and offset of a record that is not stored, or may not be.
const NO_OFFSET: i64 = -1;

/// The `error_code` of a record in a response, as in the original databus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RecordError {
    /// Durable; or with partition and offset -1 dropped by a filter: acknowledged, not stored.
    None = 0,
    /// Not stored; the same record may be sent again.
    NotStored = 1,
    /// It may or may not be stored.
    Unknown = 2,
    /// A plugin rejected it, and will reject it again.
    Rejected = 3,
    /// Its value is over the limit.
    TooLarge = 4,
    /// Not tried: the broker is away, too much is waiting, or the time is up. Send it again later.
    Untried = 5,
}

impl From<RejectionKind> for RecordError {
    fn from(kind: RejectionKind) -> Self {
        match kind {
            RejectionKind::Refused => Self::NotStored,
            RejectionKind::Plugin => Self::Rejected,
            RejectionKind::Unavailable => Self::Untried,
            RejectionKind::Unknown => Self::Unknown,
        }
    }
}

impl Serialize for RecordError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

/// Where a record is stored, or why it is not.
#[derive(Debug, Serialize)]
pub(super) struct RecordResult {
    partition: i64,
    offset: i64,
    error_code: RecordError,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl RecordResult {
    fn failed(error_code: RecordError, error: String) -> Self {
        Self { partition: NO_OFFSET, offset: NO_OFFSET, error_code, error: Some(error) }
    }

    /// A value over the limit.
    pub(super) fn too_large(refused: &Rejection) -> Self {
        Self::failed(RecordError::TooLarge, refused.to_string())
    }

    /// A record that was not tried before the publish deadline.
    pub(super) fn deadline_passed() -> Self {
        let words = "BUSY the publish deadline passed before this record, nothing of it was stored";
        Self::failed(RecordError::Untried, words.to_owned())
    }

    /// A record without an answer from the broker.
    pub(super) fn unknown() -> Self {
        let words = "UNKNOWN publish may or may not be stored: the publish deadline passed";
        Self::failed(RecordError::Unknown, words.to_owned())
    }

    /// The reason, if storing it was not tried.
    pub(super) fn untried(&self) -> Option<&str> {
        self.error.as_deref().filter(|_| self.error_code == RecordError::Untried)
    }
}

impl From<Outcome> for RecordResult {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Stored(receipt) => Self {
                partition: i64::from(receipt.partition),
                offset: i64::try_from(receipt.offset).unwrap_or(i64::MAX),
                error_code: RecordError::None,
                error: None,
            },
            Outcome::Dropped => Self {
                partition: NO_OFFSET,
                offset: NO_OFFSET,
                error_code: RecordError::None,
                error: None,
            },
            Outcome::Rejected(rejection) => {
                if let Some(private) = &rejection.private {
                    tracing::debug!(error = format!("{private:#}"), "record refused");
                }
                Self::failed(rejection.kind.into(), rejection.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{broker::BrokerError, message::ErrorCode};

    #[test]
    fn every_rejection_says_whether_something_was_stored() {
        let away = BrokerError::Unreachable { reason: "gone".into() };
        let rejected = ErrorCode::Rejected { plugin: "p".into() };
        for (rejection, code) in [
            (crate::pipeline::publish_rejection(away), RecordError::Untried),
            (crate::pipeline::publish_rejection(BrokerError::Closed), RecordError::Untried),
            (Rejection::new(ErrorCode::Busy, "full"), RecordError::Untried),
            (Rejection::new(ErrorCode::Unknown, "lost"), RecordError::Unknown),
            (Rejection::new(rejected, "no"), RecordError::Rejected),
            (Rejection::err("no such topic"), RecordError::NotStored),
        ] {
            let result = RecordResult::from(Outcome::Rejected(rejection));
            assert_eq!((result.error_code, result.partition), (code, -1), "{result:?}");
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
        let text = serde_json::to_string(&RecordResult::from(Outcome::Stored(receipt))).unwrap();
        assert_eq!(text, r#"{"partition":1,"offset":100,"error_code":0}"#);
    }
}
