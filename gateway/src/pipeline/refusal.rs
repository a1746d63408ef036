//! Refusals in the client's words.

use crate::{
    broker::BrokerError,
    message::{ErrorCode, Rejection},
    plugin::{CallError, Plugin},
};

/// A failed plugin call, as the client hears it. Nothing was stored.
pub(super) fn call_refusal(plugin: &Plugin, error: CallError) -> Rejection {
    Rejection {
        code: ErrorCode::Rejected { plugin: plugin.name().to_owned() },
        public: error.public().into(),
        private: Some(error.into()),
    }
}

/// A broker's error, as the client hears it.
pub fn broker_refusal(error: BrokerError) -> Rejection {
    match &error {
        // Someone must act: stored data does not come back by itself.
        BrokerError::Corrupt { .. } => tracing::error!(%error, "stored data is damaged"),
        BrokerError::Refused { .. }
        | BrokerError::Unknown { .. }
        | BrokerError::Unreachable { .. } => tracing::warn!(%error, "broker did not store"),
        BrokerError::NoSuchTopic { .. }
        | BrokerError::NoSuchPartition { .. }
        | BrokerError::TopicExists { .. }
        | BrokerError::NotOwner { .. }
        | BrokerError::Busy { .. }
        | BrokerError::Closed => {}
    }
    let (code, public) = match &error {
        BrokerError::NoSuchTopic { .. } => (ErrorCode::Err, "no such topic".to_owned()),
        BrokerError::NoSuchPartition { .. }
        | BrokerError::TopicExists { .. }
        | BrokerError::NotOwner { .. }
        | BrokerError::Closed => (ErrorCode::Err, error.to_string()),
        BrokerError::Unreachable { .. } => {
            (ErrorCode::Err, "the broker cannot be reached, nothing was stored".to_owned())
        }
        BrokerError::Busy { .. } => {
            (ErrorCode::Busy, "too much is waiting to be stored, nothing was taken".to_owned())
        }
        BrokerError::Refused { .. } => {
            (ErrorCode::Err, "the broker refused, nothing was stored".to_owned())
        }
        BrokerError::Unknown { .. } => (
            ErrorCode::Unknown,
            "publish may or may not be stored: no answer from the broker".into(),
        ),
        BrokerError::Corrupt { .. } => {
            (ErrorCode::Err, "stored data is damaged, see the gateway's log".to_owned())
        }
    };
    Rejection { code, public: public.into(), private: Some(error.into()) }
}
