//! The message in hand.

use std::ops::Deref;

use crate::host::current;

pub use crate::bindings::imports::types::Header;

/// What may be asked about the message in hand, besides its value.
///
/// Each question is a call to the gateway (about 0.1 µs); ask for what you need.
#[derive(Debug)]
pub struct Current {
    _made_by_the_sdk: (),
}

impl Current {
    /// Only valid while a call of a filter, router or transcoder runs.
    pub(crate) const fn in_hand() -> Self {
        Self { _made_by_the_sdk: () }
    }

    /// The topic: on produce where it will go so far, on consume where it lies.
    pub fn topic(&self) -> String {
        current::topic()
    }

    /// The key; `None` is Kafka's null key.
    pub fn key(&self) -> Option<Vec<u8>> {
        current::key()
    }

    /// The value as the gateway has it now; `None` is a tombstone.
    ///
    /// A copy from the gateway; a filter and a transcoder have it already.
    pub fn value(&self) -> Option<Vec<u8>> {
        current::value()
    }

    /// The value of the first header with this name; `None` if there is no such header or its
    /// value is absent.
    pub fn header(&self, name: &str) -> Option<Vec<u8>> {
        current::header(name)
    }

    /// All headers in order.
    pub fn headers(&self) -> Vec<Header> {
        current::headers()
    }

    /// Unix milliseconds: the record's on consume, the time it was read on produce.
    pub fn timestamp_ms(&self) -> i64 {
        current::timestamp_ms()
    }

    /// Who publishes or consumes.
    pub fn principal(&self) -> String {
        current::principal()
    }
}

/// A message as a filter sees it: its value, what [`Current`] tells, and what may be changed.
///
/// Changes are forgotten when the verdict is a drop or a rejection.
#[derive(Debug)]
pub struct Message {
    current: Current,
    value: Option<Vec<u8>>,
}

impl Message {
    pub(crate) const fn new(value: Option<Vec<u8>>) -> Self {
        Self { current: Current::in_hand(), value }
    }

    /// The value after the filters before this one; `None` is a tombstone.
    pub fn value(&self) -> Option<&[u8]> {
        self.value.as_deref()
    }

    /// Takes the value out, to change it without a copy: answer with
    /// [`Verdict::Replace`](crate::Verdict::Replace). `None` for a tombstone and ever after.
    pub const fn take_value(&mut self) -> Option<Vec<u8>> {
        self.value.take()
    }

    /// Sets the first header of this name and removes others of it; appends if there is none.
    pub fn set_header(&mut self, name: &str, value: impl AsRef<[u8]>) {
        current::set_header(name, Some(value.as_ref()));
    }

    /// Sets a header without a value, which is not the same as an empty one.
    pub fn set_header_absent(&mut self, name: &str) {
        current::set_header(name, None);
    }

    /// Removes every header of this name.
    pub fn remove_header(&mut self, name: &str) {
        current::remove_header(name);
    }

    /// Sets the key, which decides the partition; on consume it changes what the client sees.
    pub fn set_key(&mut self, key: Option<&[u8]>) {
        current::set_key(key);
    }
}

impl Deref for Message {
    type Target = Current;

    fn deref(&self) -> &Current {
        &self.current
    }
}
