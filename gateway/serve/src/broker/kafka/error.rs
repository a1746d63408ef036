//! Kafka's errors as [`BrokerError`]s: above all, whether anything was stored.

use krafka::error::{ErrorCode, KrafkaError, ProtocolErrorKind};

use crate::{broker::BrokerError, message::TopicName};

/// For a failed connection or login: nothing was sent yet.
pub(super) fn on_connect(error: &KrafkaError) -> BrokerError {
    BrokerError::Unreachable { reason: describe(error) }
}

/// For a request that never stores anything.
pub(super) fn on_query(error: &KrafkaError) -> BrokerError {
    match error {
        KrafkaError::Closed { .. } => BrokerError::Closed,
        _ if is_refusal(error) => BrokerError::Refused { reason: describe(error) },
        _ => BrokerError::Unreachable { reason: describe(error) },
    }
}

/// As [`on_query`], for one topic: a missing topic is `NoSuchTopic`.
pub(super) fn on_query_of(topic: &TopicName, error: &KrafkaError) -> BrokerError {
    no_such_topic(topic, error).unwrap_or_else(|| on_query(error))
}

/// For a request that changes other things than records: a commit, a new topic.
pub(super) fn on_change(error: &KrafkaError) -> BrokerError {
    if is_refusal(error) {
        return BrokerError::Refused { reason: describe(error) };
    }
    BrokerError::Unknown { reason: describe(error) }
}

/// As [`on_change`], for one topic: a missing topic is `NoSuchTopic`.
pub(super) fn on_change_of(topic: &TopicName, error: &KrafkaError) -> BrokerError {
    no_such_topic(topic, error).unwrap_or_else(|| on_change(error))
}

/// For a record that the producer did not take: nothing was sent.
pub(super) fn on_enqueue(topic: &TopicName, error: &KrafkaError) -> BrokerError {
    on_query_of(topic, error)
}

/// For a record that the producer took. In doubt it is [`BrokerError::Unknown`].
pub(super) fn on_produce(topic: &TopicName, error: &KrafkaError) -> BrokerError {
    match error {
        KrafkaError::DeliveryTimeout { possibly_written: false, .. } => {
            BrokerError::Unreachable { reason: describe(error) }
        }
        KrafkaError::Broker { code: ErrorCode::MessageTooLarge, .. } => {
            let reason =
                format!("larger than `max.message.bytes` of {topic} ({})", describe(error));
            BrokerError::Refused { reason }
        }
        _ => on_change_of(topic, error),
    }
}

/// The error and its causes in one line, none of them twice.
pub(super) fn describe(error: &KrafkaError) -> String {
    let mut text = match error {
        KrafkaError::Broker { code, message } if message.is_empty() => format!("{code:?}"),
        KrafkaError::Broker { code, message } => format!("{code:?}: {message}"),
        _ => error.to_string(),
    };
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

fn no_such_topic(topic: &TopicName, error: &KrafkaError) -> Option<BrokerError> {
    let missing = match error {
        KrafkaError::UnknownTopic { .. } => true,
        KrafkaError::Broker { code, .. } => {
            matches!(code, ErrorCode::UnknownTopicOrPartition | ErrorCode::UnknownTopicId)
        }
        _ => false,
    };
    missing.then(|| BrokerError::NoSuchTopic { topic: topic.clone() })
}

/// True if a broker refused it for good, or the client did before sending anything.
fn is_refusal(error: &KrafkaError) -> bool {
    match error {
        KrafkaError::Broker { code, .. } => !may_be_stored(*code),
        KrafkaError::Config { .. }
        | KrafkaError::Serialization { .. }
        | KrafkaError::Compression { .. }
        | KrafkaError::UnknownTopic { .. } => true,
        KrafkaError::Protocol { kind, .. } => {
            matches!(kind, ProtocolErrorKind::FrameTooLarge | ProtocolErrorKind::UnknownApiVersion)
        }
        _ => false,
    }
}

/// Error codes after which the records may be stored, now or later.
fn may_be_stored(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::None
            | ErrorCode::UnknownServerError
            | ErrorCode::RequestTimedOut
            | ErrorCode::NetworkException
            | ErrorCode::NotEnoughReplicasAfterAppend
            | ErrorCode::OutOfOrderSequenceNumber
            | ErrorCode::DuplicateSequenceNumber
            | ErrorCode::InvalidProducerEpoch
            | ErrorCode::UnknownProducerId
            | ErrorCode::KafkaStorageException
            | ErrorCode::Unknown(_)
    ) || code.is_retriable()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn topic() -> TopicName {
        TopicName::new("t").unwrap()
    }

    #[test]
    fn only_what_cannot_be_stored_may_be_sent_again() {
        let broker = |code| KrafkaError::broker(code, "");
        for (error, safe) in [
            (KrafkaError::delivery_timeout(false, "never sent"), true),
            (KrafkaError::delivery_timeout(true, "sent"), false),
            (KrafkaError::timeout("produce"), false),
            (KrafkaError::network(io::Error::from(io::ErrorKind::ConnectionReset)), false),
            (broker(ErrorCode::MessageTooLarge), true),
            (broker(ErrorCode::TopicAuthorizationFailed), true),
            (broker(ErrorCode::InvalidRecord), true),
            (broker(ErrorCode::NotEnoughReplicasAfterAppend), false),
            (broker(ErrorCode::RequestTimedOut), false),
            (broker(ErrorCode::UnknownServerError), false),
            (broker(ErrorCode::Unknown(12345)), false),
            (KrafkaError::out_of_order_sequence("t", 0, ""), false),
            (KrafkaError::fenced(""), false),
            (KrafkaError::illegal_state(""), false),
            (KrafkaError::config("header"), true),
        ] {
            let mapped = on_produce(&topic(), &error);
            assert_eq!(mapped.is_safe_to_retry(), safe, "{error:?} became {mapped:?}");
        }
    }

    #[test]
    fn a_missing_topic_is_its_own_error() {
        let gone = KrafkaError::broker(ErrorCode::UnknownTopicOrPartition, "");
        for mapped in [on_produce(&topic(), &gone), on_query_of(&topic(), &gone)] {
            assert!(matches!(mapped, BrokerError::NoSuchTopic { .. }), "{mapped:?}");
        }
    }

    #[test]
    fn queries_never_end_unknown() {
        for error in [KrafkaError::timeout("x"), KrafkaError::illegal_state("x")] {
            assert!(matches!(on_query(&error), BrokerError::Unreachable { .. }));
            assert!(matches!(on_change(&error), BrokerError::Unknown { .. }));
        }
        let refused = KrafkaError::broker(ErrorCode::InvalidConfig, "no such setting");
        assert_eq!(
            on_query(&refused).to_string(),
            "broker refused: InvalidConfig: no such setting"
        );
    }
}
