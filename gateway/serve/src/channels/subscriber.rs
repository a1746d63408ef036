//! The queue of one connection with subscriptions, and its limit.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::resp::Protocol;

/// Why a subscriber gets nothing more. Its connection is closed, so that the client knows.
/// Log lines hold the names of the variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriberError {
    /// It reads too slowly: its queue is over the limit.
    TooSlow,
    /// A plugin failed at a message for it, which can therefore not be shown.
    Unshown,
}

/// One connection with subscriptions. Its session sends what is in the queue.
#[derive(Debug)]
pub struct Subscriber {
    id: u64,
    notify: Arc<Notify>,
    bytes_max: usize,
    /// Held for one look or change, never across an await.
    queue: Mutex<Queue>,
}

#[derive(Debug)]
struct Queue {
    waiting: VecDeque<Bytes>,
    /// Bytes of those; they are shared with other subscribers, and count for each of them.
    bytes: usize,
    protocol: Protocol,
    principal: Arc<str>,
    /// Set once; the queue stays empty then.
    error: Option<SubscriberError>,
}

impl Subscriber {
    pub(super) fn new(id: u64, notify: Arc<Notify>, principal: Arc<str>, bytes_max: usize) -> Self {
        let (waiting, protocol) = (VecDeque::new(), Protocol::default());
        let queue = Queue { waiting, bytes: 0, protocol, principal, error: None };
        Self { id, notify, bytes_max, queue: Mutex::new(queue) }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Unique among all connections.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Sets the protocol version of messages from now on; returns those in the queue, which have
    /// the version before.
    pub fn set_protocol(&self, protocol: Protocol) -> VecDeque<Bytes> {
        let mut queue = self.queue();
        queue.protocol = protocol;
        queue.bytes = 0;
        std::mem::take(&mut queue.waiting)
    }

    /// Plugins show messages as to this principal from now on.
    pub fn set_principal(&self, principal: Arc<str>) {
        self.queue().principal = principal;
    }

    pub(super) fn principal(&self) -> Arc<str> {
        Arc::clone(&self.queue().principal)
    }

    /// Takes the oldest chunk from the queue.
    ///
    /// # Errors
    /// It gets nothing more, and the queue is dropped.
    pub fn take(&self) -> Result<Option<Bytes>, SubscriberError> {
        let mut queue = self.queue();
        if let Some(error) = queue.error {
            return Err(error);
        }
        let first = queue.waiting.pop_front();
        queue.bytes -= first.as_ref().map_or(0, Bytes::len);
        Ok(first)
    }

    /// Why it gets nothing more, if so.
    pub fn error(&self) -> Option<SubscriberError> {
        self.queue().error
    }

    /// Chunks in the queue, and their bytes.
    pub fn waiting(&self) -> (usize, usize) {
        let queue = self.queue();
        (queue.waiting.len(), queue.bytes)
    }

    /// Puts bytes into the queue that are the same in both versions and for every principal.
    pub fn push(&self, bytes: Bytes) {
        self.push_with(|_, _| Some(Chunk { bytes, is_last: false }));
    }

    /// Puts what `encode` makes for the protocol version and the principal into the queue; false if
    /// it makes nothing. An empty queue takes any message, or one over the limit could never be
    /// delivered.
    pub(super) fn push_with(
        &self,
        encode: impl FnOnce(Protocol, &Arc<str>) -> Option<Chunk>,
    ) -> bool {
        let mut queue = self.queue();
        if queue.error.is_some() {
            return true;
        }
        let Some(Chunk { bytes, is_last }) = encode(queue.protocol, &queue.principal) else {
            return false;
        };
        if queue.bytes > 0 && queue.bytes + bytes.len() > self.bytes_max {
            queue.fail(SubscriberError::TooSlow);
        } else if is_last {
            queue.fail(SubscriberError::Unshown);
        } else if bytes.is_empty() {
            return true;
        } else {
            queue.bytes += bytes.len();
            queue.waiting.push_back(bytes);
        }
        drop(queue);
        self.notify.notify_one();
        true
    }
}

/// Messages for a queue.
pub(super) struct Chunk {
    pub(super) bytes: Bytes,
    /// The message after them cannot be delivered: a plugin failed.
    pub(super) is_last: bool,
}

impl Queue {
    fn fail(&mut self, error: SubscriberError) {
        (self.waiting, self.bytes, self.error) = (VecDeque::new(), 0, Some(error));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscriber(bytes_max: usize) -> Subscriber {
        Subscriber::new(1, Arc::default(), Arc::from("anyone"), bytes_max)
    }

    fn put(subscriber: &Subscriber, bytes: &'static [u8]) {
        let chunk = Chunk { bytes: Bytes::from_static(bytes), is_last: false };
        assert!(subscriber.push_with(|_, _| Some(chunk)));
    }

    #[test]
    fn a_queue_is_taken_in_order_and_counted() {
        let subscriber = subscriber(10);
        put(&subscriber, b"one");
        put(&subscriber, b"two");

        assert_eq!(subscriber.waiting(), (2, 6));
        assert_eq!(subscriber.take(), Ok(Some(Bytes::from_static(b"one"))));
        assert_eq!(subscriber.take(), Ok(Some(Bytes::from_static(b"two"))));
        assert_eq!(subscriber.take(), Ok(None));
        assert_eq!(subscriber.waiting(), (0, 0));
    }

    #[test]
    fn a_subscriber_over_the_limit_gets_nothing_more() {
        let subscriber = subscriber(4);
        put(&subscriber, b"more than four");
        assert_eq!(subscriber.error(), None, "one message always has room");
        put(&subscriber, b"x");

        assert_eq!(subscriber.take(), Err(SubscriberError::TooSlow));
        assert_eq!(subscriber.waiting(), (0, 0), "the memory is given back");
    }
}
