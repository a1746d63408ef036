//! The broker suite over an overlay, without the promises about times of arrival and about waiting,
//! which it does not make; and that nothing reaches the real broker.

use std::sync::Arc;

use bytes::Bytes;

use super::{Effect, OverlayBroker};
use crate::{
    broker::{
        Append, Broker, Committed, Fetch, NewTopic, OffsetRange,
        embedded::EmbeddedBroker,
        suite::{self, broker_suite},
    },
    message::{Record, TopicName, TopicPartition},
};

broker_suite! {{
    let real: Arc<dyn Broker> = Arc::new(EmbeddedBroker::memory().unwrap());
    let overlay: Arc<dyn Broker> = Arc::new(OverlayBroker::new(Arc::clone(&real)));
    (real, overlay)
};
    offsets_have_no_gaps
    each_append_is_answered_on_its_own
    a_topic_is_made_once
    a_fetch_keeps_its_limits
    a_time_finds_the_first_record_at_or_after_it
    only_records_below_the_offset_are_deleted
    all_ends_are_told_together
    groups_are_told_and_forgotten
    what_expects_another_offset_is_not_stored
}

fn topic() -> TopicName {
    TopicName::new("orders").unwrap()
}

fn append(values: &[&'static str]) -> Append {
    let record = |value: &&'static str| Record {
        value: Some(Bytes::from_static(value.as_bytes())),
        ..Record::default()
    };
    Append::new(TopicPartition::new(topic(), 0), values.iter().map(record).collect())
}

async fn values(broker: &dyn Broker) -> Vec<Bytes> {
    let (mut from, mut values) = (0, Vec::new());
    loop {
        let fetch = Fetch {
            partition: TopicPartition::new(topic(), 0),
            from,
            records_max: 10,
            bytes_max: 1 << 20,
        };
        let records = broker.fetch(fetch).await.unwrap();
        let Some(last) = records.last() else { return values };
        from = last.offset + 1;
        values.extend(records.into_iter().filter_map(|stored| stored.record.value));
    }
}

#[tokio::test]
async fn changes_are_seen_on_top_and_the_real_broker_keeps_its_records() {
    let real: Arc<dyn Broker> = Arc::new(EmbeddedBroker::memory().unwrap());
    real.create_topic(NewTopic::new(topic(), 1)).await.unwrap();
    real.produce(vec![append(&["a", "b"])]).await.pop().unwrap().unwrap();
    let overlay = OverlayBroker::new(Arc::clone(&real));

    let stored = overlay.produce(vec![append(&["c"])]).await.pop().unwrap().unwrap();
    assert_eq!(stored.offset(0), 2);
    assert_eq!(values(&overlay).await, ["a", "b", "c"]);
    assert_eq!(overlay.delete_records(&TopicPartition::new(topic(), 0), 1).await.unwrap(), 1);
    assert_eq!(values(&overlay).await, ["b", "c"]);
    assert_eq!(
        overlay.offsets(&TopicPartition::new(topic(), 0)).await.unwrap(),
        OffsetRange { start: 1, end: 3 }
    );
    let committed = Committed { offset: 2, metadata: String::new() };
    let member = overlay.join("g", &topic()).unwrap();
    member.commit(0, committed.clone()).await.unwrap();
    assert_eq!(
        overlay.committed("g", &TopicPartition::new(topic(), 0)).await.unwrap(),
        Some(committed.clone())
    );
    overlay.delete_topic(&topic()).await.unwrap();
    assert_eq!(overlay.topic("orders"), None);

    assert_eq!(values(&*real).await, ["a", "b"]);
    assert_eq!(real.committed("g", &TopicPartition::new(topic(), 0)).await.unwrap(), None);
    let (topic, group) = (topic(), "g".to_owned());
    let partition = TopicPartition::new(topic.clone(), 0);
    assert_eq!(
        overlay.effects(),
        [
            Effect::DeleteRecords { partition: partition.clone(), count: 1, before: 1 },
            Effect::Join { group: group.clone(), topic: topic.clone() },
            Effect::Commit { group, partition, committed },
            Effect::DeleteTopic(topic),
        ]
    );
}
