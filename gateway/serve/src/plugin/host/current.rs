//! `current`: the message in hand.

use std::sync::Arc;

use bytes::Bytes;

use crate::{
    message::{Headers, Message, Record, TopicName},
    plugin::{
        bindings::sluicegate::plugin::{current::Host, types::Header},
        burst::CallContext,
        limits::{HEADERS_MAX, RESULT_BYTES_MAX},
    },
};

/// What the plugin may do with the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plugin) enum Access {
    /// Routers and transcoders.
    Read,
    /// Filters.
    Change,
}

/// What becomes of a guest's changes when its call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plugin) enum Changes {
    /// They stay in the message.
    Keep,
    /// The message is as it was before the call.
    Undo,
}

/// What `current` works on: the message of the current call, if there is one and the guest asks.
#[derive(Debug, Default)]
pub(in crate::plugin) struct Current(Option<MessageInHand>);

/// The message that the call now running is about, moved here from its owner for that long.
#[derive(Debug)]
struct MessageInHand {
    topic: TopicName,
    record: Record,
    principal: Arc<str>,
    timestamp_ms: i64,
    access: Access,
    /// Key and headers as they were before the first change.
    undo: Option<(Option<Bytes>, Headers)>,
    /// Bytes that changes have brought in so far.
    brought_in: usize,
}

impl MessageInHand {
    /// Takes the record out of `message`; [`MessageInHand::put_down`] must give it back.
    fn take(message: &mut Message, context: &CallContext, access: Access) -> Self {
        Self {
            topic: message.topic.clone(),
            record: std::mem::take(&mut message.record),
            principal: Arc::clone(&context.principal),
            timestamp_ms: context.timestamp_ms,
            access,
            undo: None,
            brought_in: 0,
        }
    }

    /// Gives the record back to its owner.
    fn put_down(mut self, message: &mut Message, changes: Changes) {
        if changes == Changes::Undo
            && let Some((key, headers)) = self.undo
        {
            self.record.key = key;
            self.record.headers = headers;
        }
        message.record = self.record;
    }

    /// The record, for a change that brings in so many bytes.
    fn change(&mut self, bytes: usize) -> wasmtime::Result<&mut Record> {
        if self.access == Access::Read {
            let words = "only filters may change a message: `current` is for reading here";
            return Err(wasmtime::Error::msg(words));
        }
        self.brought_in = self.brought_in.saturating_add(bytes);
        if self.brought_in > RESULT_BYTES_MAX {
            let words = format!("changes of one message take more than {RESULT_BYTES_MAX} bytes");
            return Err(wasmtime::Error::msg(words));
        }
        let record = &mut self.record;
        self.undo.get_or_insert_with(|| (record.key.clone(), record.headers.clone()));
        Ok(record)
    }
}

impl Current {
    /// Lends `message` to the guest until [`Current::leave`].
    pub(in crate::plugin) fn enter(
        &mut self,
        message: &mut Message,
        context: &CallContext,
        access: Access,
    ) {
        self.0 = Some(MessageInHand::take(message, context, access));
    }

    /// Gives back what [`Current::enter`] lent; does nothing where nothing was lent.
    pub(in crate::plugin) fn leave(&mut self, message: &mut Message, changes: Changes) {
        if let Some(in_hand) = self.0.take() {
            in_hand.put_down(message, changes);
        }
    }

    fn in_hand(&mut self) -> wasmtime::Result<&mut MessageInHand> {
        self.0.as_mut().ok_or_else(|| {
            wasmtime::Error::msg(
                "`current` was asked outside a call of a filter, router or transcoder: there is \
                 no message in hand",
            )
        })
    }
}

impl Host for Current {
    fn topic(&mut self) -> wasmtime::Result<String> {
        Ok(self.in_hand()?.topic.as_str().into())
    }

    fn key(&mut self) -> wasmtime::Result<Option<Vec<u8>>> {
        Ok(self.in_hand()?.record.key.as_deref().map(Vec::from))
    }

    fn value(&mut self) -> wasmtime::Result<Option<Vec<u8>>> {
        Ok(self.in_hand()?.record.value.as_deref().map(Vec::from))
    }

    fn header(&mut self, name: String) -> wasmtime::Result<Option<Vec<u8>>> {
        let headers = &self.in_hand()?.record.headers;
        let found = headers.iter().find(|(other, _)| other == name.as_bytes());
        Ok(found.and_then(|(_, value)| value.as_deref().map(Vec::from)))
    }

    fn headers(&mut self) -> wasmtime::Result<Vec<Header>> {
        let headers = self.in_hand()?.record.headers.iter();
        let shown = headers.filter_map(|(name, value)| {
            let name = std::str::from_utf8(name).ok()?.into();
            Some(Header { name, value: value.as_deref().map(Vec::from) })
        });
        Ok(shown.collect())
    }

    fn timestamp_ms(&mut self) -> wasmtime::Result<i64> {
        Ok(self.in_hand()?.timestamp_ms)
    }

    fn principal(&mut self) -> wasmtime::Result<String> {
        Ok(String::from(&*self.in_hand()?.principal))
    }

    fn set_header(&mut self, name: String, value: Option<Vec<u8>>) -> wasmtime::Result<()> {
        let bytes = name.len() + value.as_ref().map_or(0, Vec::len);
        let headers = &mut self.in_hand()?.change(bytes)?.headers;
        let value = value.map(Bytes::from);
        let Some(first) = headers.iter().position(|(other, _)| other == name.as_bytes()) else {
            if headers.len() >= HEADERS_MAX {
                let words = format!("a message may have {HEADERS_MAX} headers");
                return Err(wasmtime::Error::msg(words));
            }
            headers.push((Bytes::from(name), value));
            return Ok(());
        };
        headers[first].1 = value;
        let mut at = 0;
        headers.retain(|(other, _)| {
            at += 1;
            at <= first + 1 || other != name.as_bytes()
        });
        Ok(())
    }

    fn remove_header(&mut self, name: String) -> wasmtime::Result<()> {
        let headers = &mut self.in_hand()?.change(0)?.headers;
        headers.retain(|(other, _)| other != name.as_bytes());
        Ok(())
    }

    fn set_key(&mut self, key: Option<Vec<u8>>) -> wasmtime::Result<()> {
        let bytes = key.as_ref().map_or(0, Vec::len);
        self.in_hand()?.change(bytes)?.key = key.map(Bytes::from);
        Ok(())
    }
}
