//! What went wrong at Kafka, in the broker's words: above all, whether anything was stored.

use krafka::error::{ErrorCode, KrafkaError, ProtocolErrorKind};

use crate::{broker::BrokerError, message::TopicName};

/// A connection or login that failed: nothing was sent yet.
pub(super) fn connecting(error: &KrafkaError) -> BrokerError {
    BrokerError::Unreachable { reason: words(error) }
}

/// A request that stores nothing, whatever came of it.
pub(super) fn asking(error: &KrafkaError) -> BrokerError {
    match error {
        KrafkaError::Closed { .. } => BrokerError::Closed,
        _ if is_refusal(error) => BrokerError::Refused { reason: words(error) },
        _ => BrokerError::Unreachable { reason: words(error) },
    }
}

/// As [`asking`], about one topic: a topic that Kafka does not have is told apart.
pub(super) fn asking_about(topic: &TopicName, error: &KrafkaError) -> BrokerError {
    no_such_topic(topic, error).unwrap_or_else(|| asking(error))
}

/// A request that changes something but topics' records: a commit, a new topic.
pub(super) fn changing(error: &KrafkaError) -> BrokerError {
    if is_refusal(error) {
        return BrokerError::Refused { reason: words(error) };
    }
    BrokerError::Unknown { reason: words(error) }
}

/// As [`changing`], about one topic: a topic that Kafka does not have is told apart.
pub(super) fn changing_in(topic: &TopicName, error: &KrafkaError) -> BrokerError {
    no_such_topic(topic, error).unwrap_or_else(|| changing(error))
}

/// A record that the producer did not take: nothing was sent.
pub(super) fn queueing(topic: &TopicName, error: &KrafkaError) -> BrokerError {
    asking_about(topic, error)
}

/// A record that the producer took. When in doubt it is [`BrokerError::Unknown`].
pub(super) fn producing(topic: &TopicName, error: &KrafkaError) -> BrokerError {
    match error {
        KrafkaError::DeliveryTimeout { possibly_written: false, .. } => {
            BrokerError::Unreachable { reason: words(error) }
        }
        KrafkaError::Broker { code: ErrorCode::MessageTooLarge, .. } => {
            let reason = format!("larger than `max.message.bytes` of {topic} ({})", words(error));
            BrokerError::Refused { reason }
        }
        _ => changing_in(topic, error),
    }
}

/// The error and its causes in one line, none of them twice.
pub(super) fn words(error: &KrafkaError) -> String {
    let mut words = match error {
        KrafkaError::Broker { code, message } if message.is_empty() => format!("{code:?}"),
        KrafkaError::Broker { code, message } => format!("{code:?}: {message}"),
        _ => error.to_string(),
    };
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        cause = error.source();
    }
    words
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

/// True if a broker, or the client before it sent anything, said no for good.
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

/// Codes after which what was sent may be there, now or later.
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
            let mapped = producing(&topic(), &error);
            assert_eq!(mapped.is_safe_to_retry(), safe, "{error:?} became {mapped:?}");
        }
    }

    #[test]
    fn a_missing_topic_is_told_apart() {
        let gone = KrafkaError::broker(ErrorCode::UnknownTopicOrPartition, "");
        for mapped in [producing(&topic(), &gone), asking_about(&topic(), &gone)] {
            assert!(matches!(mapped, BrokerError::NoSuchTopic { .. }), "{mapped:?}");
        }
    }

    #[test]
    fn who_asks_never_hears_unknown() {
        for error in [KrafkaError::timeout("x"), KrafkaError::illegal_state("x")] {
            assert!(matches!(asking(&error), BrokerError::Unreachable { .. }));
            assert!(matches!(changing(&error), BrokerError::Unknown { .. }));
        }
        let refused = KrafkaError::broker(ErrorCode::InvalidConfig, "no such setting");
        assert_eq!(asking(&refused).to_string(), "broker refused: InvalidConfig: no such setting");
    }
}
