//! What producers of one partition sent lately: pure.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;

/// How long, and how many ids of each producer, are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowSettings {
    /// Milliseconds after which an id counts as new again.
    pub duration_ms: i64,
    /// Ids remembered of each producer; the oldest are forgotten first.
    pub ids_max: usize,
    /// Producers remembered of one partition.
    pub producers_max: usize,
}

/// Ids of one partition and where their first messages lie.
#[derive(Debug, Default)]
pub(super) struct Window {
    producers: HashMap<Bytes, Sent>,
}

/// What one producer sent, oldest first.
#[derive(Debug, Default)]
struct Sent {
    offsets: HashMap<Bytes, u64>,
    order: VecDeque<(i64, Bytes)>,
}

impl Sent {
    fn expire(&mut self, settings: WindowSettings, now_ms: i64) {
        let oldest = now_ms.saturating_sub(settings.duration_ms);
        while let Some((time, id)) = self.order.front() {
            if *time >= oldest && self.order.len() <= settings.ids_max {
                break;
            }
            self.offsets.remove(id);
            self.order.pop_front();
        }
    }
}

impl Window {
    /// Where the producer's first message of this id lies, if it was within the window.
    pub(super) fn find(
        &mut self,
        settings: WindowSettings,
        (producer, id): (&[u8], &[u8]),
        now_ms: i64,
    ) -> Option<u64> {
        let sent = self.producers.get_mut(producer)?;
        sent.expire(settings, now_ms);
        sent.offsets.get(id).copied()
    }

    /// Is there room for one more producer? Those whose window has passed give theirs back.
    pub(super) fn has_room(
        &mut self,
        settings: WindowSettings,
        producer: &[u8],
        now_ms: i64,
    ) -> bool {
        if self.producers.len() < settings.producers_max || self.producers.contains_key(producer) {
            return true;
        }
        self.producers.retain(|_, sent| {
            sent.expire(settings, now_ms);
            !sent.order.is_empty()
        });
        self.producers.len() < settings.producers_max
    }

    /// Notes a stored message; of two with one id within the window the first counts.
    pub(super) fn note(
        &mut self,
        settings: WindowSettings,
        (producer, id): (Bytes, Bytes),
        (offset, time_ms): (u64, i64),
    ) {
        let sent = self.producers.entry(producer).or_default();
        sent.expire(settings, time_ms);
        if sent.offsets.contains_key(&id) {
            return;
        }
        sent.offsets.insert(id.clone(), offset);
        sent.order.push_back((time_ms, id));
        sent.expire(settings, time_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: WindowSettings =
        WindowSettings { duration_ms: 100, ids_max: 2, producers_max: 2 };

    fn pair(producer: &'static str, id: &'static str) -> (Bytes, Bytes) {
        (Bytes::from_static(producer.as_bytes()), Bytes::from_static(id.as_bytes()))
    }

    #[test]
    fn the_first_of_two_counts_until_its_window_has_passed() {
        let mut window = Window::default();
        window.note(SETTINGS, pair("p", "1"), (7, 1_000));
        window.note(SETTINGS, pair("p", "1"), (8, 1_050));

        assert_eq!(window.find(SETTINGS, (b"p", b"1"), 1_100), Some(7));
        assert_eq!(window.find(SETTINGS, (b"q", b"1"), 1_100), None);
        assert_eq!(window.find(SETTINGS, (b"p", b"1"), 1_101), None);
    }

    #[test]
    fn the_oldest_ids_go_where_there_are_too_many() {
        let mut window = Window::default();
        for (id, offset) in [("1", 1), ("2", 2), ("3", 3)] {
            window.note(SETTINGS, pair("p", id), (offset, 1_000));
        }

        let found = ["1", "2", "3"].map(|id| window.find(SETTINGS, (b"p", id.as_bytes()), 1_000));
        assert_eq!(found, [None, Some(2), Some(3)]);
    }

    #[test]
    fn a_producer_whose_window_has_passed_makes_room() {
        let mut window = Window::default();
        window.note(SETTINGS, pair("p", "1"), (1, 1_000));
        window.note(SETTINGS, pair("q", "1"), (2, 1_090));

        assert!(window.has_room(SETTINGS, b"q", 1_090));
        assert!(!window.has_room(SETTINGS, b"r", 1_100));
        assert!(window.has_room(SETTINGS, b"r", 1_101));
    }
}
