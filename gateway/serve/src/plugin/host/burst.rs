//! `burst`: what a partitioner may ask about the messages in hand.

use crate::{
    message::TopicName,
    plugin::{bindings::sluicegate::plugin::burst::Host, burst::Burst},
};

/// A copy of the burst that the call now running is about; its buffers are used again.
#[derive(Debug, Default)]
pub(in crate::plugin) struct BurstInHand {
    /// `None` outside a call.
    topic: Option<TopicName>,
    sizes: Vec<u32>,
    placed_bytes: Vec<u64>,
    placed_messages: u64,
}

impl BurstInHand {
    pub(in crate::plugin) fn take(&mut self, burst: &Burst<'_>) {
        self.topic = Some(burst.topic.clone());
        self.sizes.clear();
        self.sizes.extend_from_slice(burst.sizes);
        self.placed_bytes.clear();
        self.placed_bytes.extend_from_slice(burst.placed_bytes);
        self.placed_messages = burst.placed_messages;
    }

    pub(in crate::plugin) fn put_down(&mut self) {
        self.topic = None;
    }

    fn current_topic(&self) -> wasmtime::Result<&TopicName> {
        self.topic.as_ref().ok_or_else(|| {
            wasmtime::Error::msg("`burst` was asked outside `partition-many`: there is no burst")
        })
    }
}

impl Host for BurstInHand {
    fn topic(&mut self) -> wasmtime::Result<String> {
        self.current_topic().map(|topic| topic.as_str().into())
    }

    fn sizes(&mut self) -> wasmtime::Result<Vec<u32>> {
        self.current_topic()?;
        Ok(self.sizes.clone())
    }

    fn placed_bytes(&mut self) -> wasmtime::Result<Vec<u64>> {
        self.current_topic()?;
        Ok(self.placed_bytes.clone())
    }

    fn placed_messages(&mut self) -> wasmtime::Result<u64> {
        self.current_topic()?;
        Ok(self.placed_messages)
    }
}
