//! What the log has shown so far, and values that show when they are torn.

use std::collections::HashMap;

use sluicegate_tests::Gateway;

/// Entries fetched at once to compare.
const PAGE: usize = 5000;

/// A value that shows a tear: its own length, a number nobody else has, and a pattern.
pub(super) fn payload(round: u64, writer: u64, number: u64) -> Vec<u8> {
    let length = 40 + usize::try_from((number * 37 + writer) % 400).expect("it is small");
    let mut value = format!("{round}-{writer}-{number}-{length}-").into_bytes();
    value.resize(length, b'a' + u8::try_from(number % 26).expect("it is small"));
    value
}

fn is_whole(value: &[u8]) -> bool {
    let text = String::from_utf8_lossy(value);
    let mut parts = text.split('-').map(str::parse::<u64>);
    let numbers: Vec<_> = parts.by_ref().take(4).filter_map(Result::ok).collect();
    matches!(numbers[..], [round, writer, number, _] if payload(round, writer, number) == value)
}

/// Everything the log has shown so far: nothing of it may ever change.
#[derive(Default)]
pub(super) struct Ledger {
    stored: HashMap<String, Vec<u8>>,
    last: HashMap<&'static str, u64>,
}

impl Ledger {
    pub(super) fn len(&self) -> usize {
        self.stored.len()
    }

    /// Reads what a topic holds beyond the place read before.
    pub(super) async fn read_on(&mut self, gateway: &Gateway, topic: &'static str) {
        let mut client = gateway.client().await;
        let last = self.last.entry(topic).or_default();
        loop {
            let range = format!("XRANGE {topic} ({last}-0 + COUNT {PAGE}");
            let entries = client.send(&range).await;
            for entry in entries.items() {
                let id = String::from_utf8_lossy(entry.items()[0].bytes()).into_owned();
                let value = entry.items()[1].items()[1].bytes().to_vec();
                *last += 1;
                assert_eq!(id, format!("{last}-0"), "{topic} has a gap or is out of order");
                assert!(is_whole(&value), "{topic} {id} is torn: {}", value.escape_ascii());
                self.stored.insert(format!("{topic}/{id}"), value);
            }
            if entries.items().len() < PAGE {
                return;
            }
        }
    }

    pub(super) fn check(&self, acknowledged: &[(String, Vec<u8>)], round: u64) {
        for (id, value) in acknowledged {
            let stored = self.stored.get(id).map(Vec::as_slice);
            assert_eq!(stored, Some(value.as_slice()), "round {round}: {id} was acknowledged");
        }
    }

    /// Reads both topics again from their beginning: nothing may have changed since.
    pub(super) async fn check_from_the_start(&self, gateway: &Gateway) {
        let mut again = Self::default();
        for topic in ["kill-a", "kill-b"] {
            again.read_on(gateway, topic).await;
        }
        assert_eq!(again.len(), self.len(), "both readings show the same number");
        assert!(again.stored == self.stored, "both readings show the same bytes");
    }
}
