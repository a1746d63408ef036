//! One connection that listens: what waits for it, and how much may.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::resp::Protocol;

/// Why a subscriber gets nothing more: its connection ends, so that it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It does not take its messages, and too many bytes wait for it.
    TooSlow,
    /// A plugin failed at a message that it should have got.
    Unshown,
}

/// One connection that listens. Its session writes what lies in the queue.
#[derive(Debug)]
pub struct Subscriber {
    id: u64,
    bell: Arc<Notify>,
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
    cut: Option<Cut>,
}

impl Subscriber {
    pub(super) fn new(id: u64, bell: Arc<Notify>, principal: Arc<str>, bytes_max: usize) -> Self {
        let (waiting, protocol) = (VecDeque::new(), Protocol::default());
        let queue = Queue { waiting, bytes: 0, protocol, principal, cut: None };
        Self { id, bell, bytes_max, queue: Mutex::new(queue) }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells it from all other connections.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Messages are laid into the queue in this version from now on; answers those that wait in
    /// the one before.
    pub fn set_protocol(&self, protocol: Protocol) -> VecDeque<Bytes> {
        let mut queue = self.queue();
        queue.protocol = protocol;
        queue.bytes = 0;
        std::mem::take(&mut queue.waiting)
    }

    /// Messages are shown as to this principal from now on.
    pub fn set_principal(&self, principal: Arc<str>) {
        self.queue().principal = principal;
    }

    pub(super) fn principal(&self) -> Arc<str> {
        Arc::clone(&self.queue().principal)
    }

    /// Takes the oldest of what waits.
    ///
    /// # Errors
    /// It gets nothing more, and what waited is gone.
    pub fn take(&self) -> Result<Option<Bytes>, Cut> {
        let mut queue = self.queue();
        if let Some(cut) = queue.cut {
            return Err(cut);
        }
        let first = queue.waiting.pop_front();
        queue.bytes -= first.as_ref().map_or(0, Bytes::len);
        Ok(first)
    }

    /// Whether it was cut off.
    pub fn cut(&self) -> Option<Cut> {
        self.queue().cut
    }

    /// How many chunks wait, and their bytes.
    pub fn waiting(&self) -> (usize, usize) {
        let queue = self.queue();
        (queue.waiting.len(), queue.bytes)
    }

    /// Lays bytes into the queue that are alike in both versions and for every principal.
    pub fn lay(&self, bytes: Bytes) {
        self.push(|_, _| Some(Laid { bytes, is_last: false }));
    }

    /// Lays what `lay` makes for the protocol version and the principal into the queue; false if it
    /// makes nothing. An empty queue takes any message, or one over the limit could never come.
    pub(super) fn push(&self, lay: impl FnOnce(Protocol, &Arc<str>) -> Option<Laid>) -> bool {
        let mut queue = self.queue();
        if queue.cut.is_some() {
            return true;
        }
        let Some(Laid { bytes, is_last }) = lay(queue.protocol, &queue.principal) else {
            return false;
        };
        if queue.bytes > 0 && queue.bytes + bytes.len() > self.bytes_max {
            queue.cut_off(Cut::TooSlow);
        } else if is_last {
            queue.cut_off(Cut::Unshown);
        } else if bytes.is_empty() {
            return true;
        } else {
            queue.bytes += bytes.len();
            queue.waiting.push_back(bytes);
        }
        drop(queue);
        self.bell.notify_one();
        true
    }
}

/// What is laid into a queue.
pub(super) struct Laid {
    pub(super) bytes: Bytes,
    /// What comes behind cannot be shown.
    pub(super) is_last: bool,
}

impl Queue {
    fn cut_off(&mut self, cut: Cut) {
        (self.waiting, self.bytes, self.cut) = (VecDeque::new(), 0, Some(cut));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscriber(bytes_max: usize) -> Subscriber {
        Subscriber::new(1, Arc::default(), Arc::from("anyone"), bytes_max)
    }

    fn put(subscriber: &Subscriber, bytes: &'static [u8]) {
        let laid = Laid { bytes: Bytes::from_static(bytes), is_last: false };
        assert!(subscriber.push(|_, _| Some(laid)));
    }

    #[test]
    fn what_waits_is_taken_in_order_and_counted() {
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
    fn whoever_is_over_the_limit_gets_nothing_more() {
        let subscriber = subscriber(4);
        put(&subscriber, b"more than four");
        assert_eq!(subscriber.cut(), None, "one message always has room");
        put(&subscriber, b"x");

        assert_eq!(subscriber.take(), Err(Cut::TooSlow));
        assert_eq!(subscriber.waiting(), (0, 0), "the memory is given back");
    }
}
