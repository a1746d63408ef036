//! The gateway's side of the imports, played by this thread.

use std::{cell::RefCell, collections::BTreeMap, mem};

use crate::{Header, log::Level};

thread_local! {
    static DOUBLE: RefCell<Double> = const { RefCell::new(Double::new()) };
}

#[derive(Debug)]
struct Double {
    message: Option<MessageInHand>,
    burst: Option<BurstInHand>,
    log: Vec<(Level, String)>,
    counters: BTreeMap<String, u64>,
}

impl Double {
    const fn new() -> Self {
        Self { message: None, burst: None, log: Vec::new(), counters: BTreeMap::new() }
    }
}

/// The message that `current` answers about.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageInHand {
    pub(crate) topic: String,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<Header>,
    pub(crate) timestamp_ms: i64,
    pub(crate) principal: String,
    /// As in the gateway, only a filter may change the message.
    pub(crate) may_change: bool,
}

/// The burst that `burst` answers about.
#[derive(Clone, Debug, Default)]
pub(crate) struct BurstInHand {
    pub(crate) topic: String,
    pub(crate) sizes: Vec<u32>,
    pub(crate) placed_bytes: Vec<u64>,
    pub(crate) placed_messages: u64,
}

/// Runs `call` with `message` in hand and gives back what became of the message.
pub(crate) fn with_message<R>(
    message: MessageInHand,
    call: impl FnOnce() -> R,
) -> (R, MessageInHand) {
    DOUBLE.with_borrow_mut(|double| double.message = Some(message));
    let result = call();
    let message = DOUBLE.with_borrow_mut(|double| double.message.take());
    (result, message.expect("a call inside a call would have to take the message away"))
}

/// Runs `call` with `burst` in hand.
pub(crate) fn with_burst<R>(burst: BurstInHand, call: impl FnOnce() -> R) -> R {
    DOUBLE.with_borrow_mut(|double| double.burst = Some(burst));
    let result = call();
    DOUBLE.with_borrow_mut(|double| double.burst = None);
    result
}

/// As in the gateway, a message or a burst never waits for a store.
pub(crate) fn assert_may_wait(import: &str) {
    let is_login = DOUBLE.with_borrow(|double| double.message.is_none() && double.burst.is_none());
    assert!(is_login, "`{import}` is only valid while an authenticator is asked");
}

pub(crate) fn take_log() -> Vec<(Level, String)> {
    DOUBLE.with_borrow_mut(|double| mem::take(&mut double.log))
}

pub(crate) fn counter(name: &str) -> u64 {
    DOUBLE.with_borrow(|double| double.counters.get(name).copied().unwrap_or(0))
}

/// The import `log`.
pub(crate) mod log {
    use super::{DOUBLE, Level};

    pub(crate) fn write(level: Level, message: &str) {
        DOUBLE.with_borrow_mut(|double| double.log.push((level, message.to_owned())));
    }
}

/// The import `metrics`.
pub(crate) mod metrics {
    use super::DOUBLE;

    pub(crate) fn count(name: &str, by: u64) {
        DOUBLE.with_borrow_mut(|double| {
            *double.counters.entry(name.to_owned()).or_default() += by;
        });
    }
}

/// The import `current`.
pub(crate) mod current {
    use super::{DOUBLE, Header, MessageInHand};

    fn ask<R>(question: impl FnOnce(&MessageInHand) -> R) -> R {
        DOUBLE.with_borrow(|double| {
            question(double.message.as_ref().expect("`current` is only valid during a call"))
        })
    }

    fn change(change: impl FnOnce(&mut MessageInHand)) {
        DOUBLE.with_borrow_mut(|double| {
            let message = double.message.as_mut().expect("`current` is only valid during a call");
            assert!(message.may_change, "only a filter may change the message");
            change(message);
        });
    }

    pub(crate) fn topic() -> String {
        ask(|message| message.topic.clone())
    }

    pub(crate) fn key() -> Option<Vec<u8>> {
        ask(|message| message.key.clone())
    }

    pub(crate) fn value() -> Option<Vec<u8>> {
        ask(|message| message.value.clone())
    }

    pub(crate) fn header(name: &str) -> Option<Vec<u8>> {
        ask(|message| message.headers.iter().find(|h| h.name == name).and_then(|h| h.value.clone()))
    }

    pub(crate) fn headers() -> Vec<Header> {
        ask(|message| message.headers.clone())
    }

    pub(crate) fn timestamp_ms() -> i64 {
        ask(|message| message.timestamp_ms)
    }

    pub(crate) fn principal() -> String {
        ask(|message| message.principal.clone())
    }

    pub(crate) fn set_header(name: &str, value: Option<&[u8]>) {
        change(|message| {
            let header = Header { name: name.to_owned(), value: value.map(<[u8]>::to_vec) };
            let headers = &mut message.headers;
            let place = headers.iter().position(|h| h.name == name).unwrap_or(headers.len());
            headers.retain(|h| h.name != name);
            headers.insert(place, header);
        });
    }

    pub(crate) fn remove_header(name: &str) {
        change(|message| message.headers.retain(|h| h.name != name));
    }

    pub(crate) fn set_key(key: Option<&[u8]>) {
        change(|message| message.key = key.map(<[u8]>::to_vec));
    }
}

/// The import `burst`.
pub(crate) mod burst {
    use super::{BurstInHand, DOUBLE};

    fn ask<R>(question: impl FnOnce(&BurstInHand) -> R) -> R {
        DOUBLE.with_borrow(|double| {
            question(double.burst.as_ref().expect("`burst` is only valid during `partition`"))
        })
    }

    pub(crate) fn topic() -> String {
        ask(|burst| burst.topic.clone())
    }

    pub(crate) fn sizes() -> Vec<u32> {
        ask(|burst| burst.sizes.clone())
    }

    pub(crate) fn placed_bytes() -> Vec<u64> {
        ask(|burst| burst.placed_bytes.clone())
    }

    pub(crate) fn placed_messages() -> u64 {
        ask(|burst| burst.placed_messages)
    }
}
