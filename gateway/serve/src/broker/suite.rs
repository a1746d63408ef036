//! What every broker promises, as tests over any [`Broker`].
//!
//! `broker_suite!(open)`, with this module and the macro imported, makes one test of each
//! promise; `open` gives something to keep during the test, and a fresh or shared broker.
//! Every promise uses a topic of its own, so that all can run against one cluster.

use std::sync::Arc;

use bytes::Bytes;

use crate::{
    broker::{Append, Broker, BrokerError, Committed, Fetch, NewTopic},
    message::{Record, StoredRecord, TopicName, TopicPartition},
};

#[cfg(test)]
mod reads;
#[cfg(test)]
mod topics;

pub(crate) use reads::*;
pub(crate) use topics::*;

macro_rules! broker_suite {
    ($open:expr; $($promise:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let (_kept, broker) = $open;
                suite::$promise(broker).await;
            }
        )*
    };
    ($open:expr) => {
        broker_suite! { $open;
            what_was_produced_comes_back_as_it_was
            offsets_have_no_gaps
            each_append_is_answered_on_its_own
            a_topic_is_made_once
            a_fetch_keeps_its_limits
            a_time_finds_the_first_record_at_or_after_it
            a_watcher_hears_of_what_can_be_fetched
            a_group_is_where_it_committed_last
            many_callers_keep_their_order
            a_dropped_future_gives_up_only_the_answer
            a_deleted_topic_is_gone_and_begins_anew
            only_records_below_the_offset_are_deleted
            all_ends_are_told_together
            groups_are_told_and_forgotten
            what_expects_another_offset_is_not_stored
            after_closing_nothing_is_taken
        }
    };
}
pub(super) use broker_suite;

type Shared = Arc<dyn Broker>;

fn name(topic: &str) -> TopicName {
    TopicName::new(topic).unwrap()
}

fn value(text: impl Into<String>) -> Record {
    Record { value: Some(Bytes::from(text.into())), timestamp_ms: 1, ..Record::default() }
}

fn append(topic: &str, partition: u32, records: Vec<Record>) -> Append {
    Append::new(TopicPartition::new(name(topic), partition), records)
}

/// What kind of answer it is, in a word.
fn kind<T>(answer: &Result<T, BrokerError>) -> &'static str {
    match answer {
        Ok(_) => "ok",
        Err(BrokerError::NoSuchTopic { .. }) => "no topic",
        Err(BrokerError::NoSuchPartition { .. }) => "no partition",
        Err(BrokerError::TopicExists { .. }) => "exists",
        Err(BrokerError::Busy { .. }) => "busy",
        Err(BrokerError::Refused { .. }) => "refused",
        Err(BrokerError::Unknown { .. }) => "unknown",
        Err(BrokerError::Corrupt { .. }) => "corrupt",
        Err(BrokerError::Unreachable { .. }) => "unreachable",
        Err(BrokerError::NotNext { .. }) => "not next",
        Err(BrokerError::NotOwner { .. }) => "not owner",
        Err(BrokerError::Closed) => "closed",
    }
}

async fn topic(broker: &Shared, topic: &str, partitions: u32) -> TopicName {
    broker.create_topic(NewTopic::new(name(topic), partitions)).await.unwrap();
    name(topic)
}

async fn fetch(broker: &Shared, topic: &str, partition: u32, from: u64) -> Vec<StoredRecord> {
    let (records_max, bytes_max) = (usize::MAX, usize::MAX);
    let fetch = Fetch {
        partition: TopicPartition::new(name(topic), partition),
        from,
        records_max,
        bytes_max,
    };
    broker.fetch(fetch).await.unwrap()
}

pub(crate) async fn what_was_produced_comes_back_as_it_was(broker: Shared) {
    topic(&broker, "as-it-was", 1).await;
    let bytes = |s: &'static str| Some(Bytes::from_static(s.as_bytes()));
    let header = |name: &'static str, value| (Bytes::from_static(name.as_bytes()), value);
    let headers = vec![header("a", bytes("1")), header("a", None), header("", bytes(""))];
    let records = vec![
        Record { key: bytes("k"), value: bytes("v"), headers, timestamp_ms: 1234 },
        Record { key: bytes(""), value: None, headers: vec![], timestamp_ms: 1 },
        Record { key: None, value: bytes(""), headers: vec![], timestamp_ms: 0 },
        Record { value: Some(Bytes::from(vec![7; 300_000])), timestamp_ms: -5, ..value("") },
    ];

    let answers = broker.produce(vec![append("as-it-was", 0, records.clone())]).await;

    assert_eq!(answers[0].as_ref().unwrap().base_offset, 0);
    let mut stored = fetch(&broker, "as-it-was", 0, 0).await;
    // One fetch may bring one batch, and what is produced together may be several.
    while stored.len() < records.len() {
        let more = fetch(&broker, "as-it-was", 0, stored.len() as u64).await;
        assert!(!more.is_empty(), "{} of {} records", stored.len(), records.len());
        stored.extend(more);
    }
    assert_eq!(stored.len(), records.len());
    for (offset, (stored, sent)) in (0..).zip(stored.iter().zip(&records)) {
        assert_eq!(stored.offset, offset);
        if sent.timestamp_ms > 0 {
            assert_eq!(&stored.record, sent);
        } else {
            assert!(stored.record.timestamp_ms > 1_500_000_000_000, "time of arrival");
            let timestamp_ms = sent.timestamp_ms;
            assert_eq!(&Record { timestamp_ms, ..stored.record.clone() }, sent);
        }
    }
}

pub(crate) async fn offsets_have_no_gaps(broker: Shared) {
    let topic = topic(&broker, "no-gaps", 2).await;
    let three = || vec![value("a"), value("b"), value("c")];
    let appends = vec![
        append("no-gaps", 1, three()),
        append("no-gaps", 0, vec![value("x")]),
        append("no-gaps", 1, three()),
    ];

    let bases = broker.produce(appends).await.into_iter().map(|a| a.unwrap().base_offset);

    assert_eq!(bases.collect::<Vec<_>>(), [0, 0, 3]);
    let range = broker.offsets(&TopicPartition::new(topic.clone(), 1)).await.unwrap();
    assert_eq!((range.start, range.end), (0, 6));
    let values = fetch(&broker, "no-gaps", 1, 2).await;
    let values = values.into_iter().map(|r| (r.offset, r.record.value.unwrap()));
    let expected = [(2, "c"), (3, "a"), (4, "b"), (5, "c")].map(|(o, v)| (o, Bytes::from(v)));
    assert_eq!(values.collect::<Vec<_>>(), expected);
}

pub(crate) async fn each_append_is_answered_on_its_own(broker: Shared) {
    let known = topic(&broker, "on-its-own", 1).await;

    let answers = broker
        .produce(vec![
            append("on-its-own-not-there", 0, vec![value("a")]),
            append("on-its-own", 0, vec![value("b")]),
            append("on-its-own", 1, vec![value("c")]),
            append("on-its-own", 0, vec![]),
            append("on-its-own", 0, vec![value("d")]),
        ])
        .await;

    let kinds: Vec<_> = answers.iter().map(kind).collect();
    assert_eq!(kinds, ["no topic", "ok", "no partition", "refused", "ok"], "{answers:?}");
    assert_eq!(broker.offsets(&TopicPartition::new(known.clone(), 0)).await.unwrap().end, 2);
    assert_eq!(kind(&broker.offsets(&TopicPartition::new(known.clone(), 1)).await), "no partition");
    assert_eq!(
        kind(&broker.offsets(&TopicPartition::new(name("on-its-own-not-there"), 0)).await),
        "no topic"
    );
}

pub(crate) async fn many_callers_keep_their_order(broker: Shared) {
    const CALLERS: usize = 16;
    const APPENDS: usize = 50;
    topic(&broker, "order", 3).await;
    let callers = (0..CALLERS).map(|caller| {
        let broker = Arc::clone(&broker);
        tokio::spawn(async move {
            // Not awaited one by one: order must come from the calls.
            let sent: Vec<_> = (0..APPENDS)
                .map(|n| {
                    let partition = u32::try_from((caller + n) % 3).unwrap();
                    let records = vec![value(format!("{caller} {n}"))];
                    broker.produce(vec![append("order", partition, records)])
                })
                .collect();
            for answer in sent {
                answer.await.remove(0).unwrap();
            }
        })
    });

    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }

    let mut total = 0;
    for partition in 0..3 {
        let mut last = [None; CALLERS];
        for stored in fetch(&broker, "order", partition, 0).await {
            let text = String::from_utf8(stored.record.value.unwrap().to_vec()).unwrap();
            let (caller, n) = text.split_once(' ').unwrap();
            let (caller, n): (usize, usize) = (caller.parse().unwrap(), n.parse().unwrap());
            assert!(last[caller] < Some(n), "caller {caller}: {n} after {:?}", last[caller]);
            last[caller] = Some(n);
            total += 1;
        }
    }
    assert_eq!(total, CALLERS * APPENDS);
}

pub(crate) async fn a_dropped_future_gives_up_only_the_answer(broker: Shared) {
    let topic = topic(&broker, "dropped", 1).await;

    drop(broker.produce(vec![append("dropped", 0, vec![value("a")])]));
    let answer = broker.produce(vec![append("dropped", 0, vec![value("b")])]).await.remove(0);

    let base_offset = answer.unwrap().base_offset;
    let end = broker.offsets(&TopicPartition::new(topic.clone(), 0)).await.unwrap().end;
    assert!(base_offset <= 1 && end == base_offset + 1, "{base_offset} {end}");
}

pub(crate) async fn after_closing_nothing_is_taken(broker: Shared) {
    let topic = topic(&broker, "closed", 1).await;
    let taken = broker.produce(vec![append("closed", 0, vec![value("a")])]);

    broker.close().await.unwrap();

    taken.await.remove(0).unwrap();
    broker.close().await.unwrap();
    let answer = broker.produce(vec![append("closed", 0, vec![value("b")])]).await.remove(0);
    let place = Committed { offset: 1, metadata: String::new() };
    let kinds = [
        kind(&answer),
        kind(&broker.offsets(&TopicPartition::new(topic.clone(), 0)).await),
        kind(&broker.topics().await),
        kind(&broker.commit("g", &TopicPartition::new(topic.clone(), 0), place).await),
        kind(&broker.create_topic(NewTopic::new(name("closed-2"), 1)).await),
    ];
    assert_eq!(kinds, ["closed"; 5]);
}

pub(crate) async fn what_expects_another_offset_is_not_stored(broker: Shared) {
    let topic = topic(&broker, "expected", 1).await;
    let expecting = |offset, text: &str| Append {
        expected_offset: Some(offset),
        ..append("expected", 0, vec![value(text), value(text)])
    };
    let plain = append("expected", 0, vec![value("a")]);
    let appends = vec![plain, expecting(1, "b"), expecting(1, "c"), expecting(4, "d")];

    let answers = broker.produce(appends).await;

    let kinds: Vec<_> = answers.iter().map(kind).collect();
    if broker.name() == "kafka" {
        assert_eq!(kinds, ["ok", "refused", "refused", "refused"]);
        return;
    }
    assert_eq!(kinds, ["ok", "ok", "not next", "not next"]);
    assert!(matches!(answers[2], Err(BrokerError::NotNext { expected: 1, next: 3, .. })));
    assert_eq!(broker.offsets(&TopicPartition::new(topic.clone(), 0)).await.unwrap().end, 3);
}
