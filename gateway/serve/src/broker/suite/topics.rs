//! Promises about topics and about groups' places in them.

use std::time::Duration;

use super::{Shared, append, fetch, kind, name, topic, value};
use crate::{
    broker::{Committed, NewTopic},
    message::{TopicName, TopicPartition},
};

pub(crate) async fn a_topic_is_made_once(broker: Shared) {
    assert_eq!(broker.topic("made-once"), None);
    assert!(broker.watch("made-once").is_none());

    let made = broker.create_topic(NewTopic::new(name("made-once"), 3)).await.unwrap();
    let again = broker.create_topic(NewTopic::new(name("made-once"), 4)).await;
    let without = broker.create_topic(NewTopic::new(name("made-once-0"), 0)).await;

    assert_eq!(made.partitions, 3);
    assert_eq!((kind(&again), kind(&without)), ("exists", "refused"));
    assert_eq!(broker.topic("made-once"), Some(made.clone()));
    topic(&broker, "made-oncE", 1).await;
    let all = broker.topics().await.unwrap();
    assert!(all.contains(&made) && all.is_sorted_by_key(|topic| topic.name.clone()));
}

pub(crate) async fn a_group_is_where_it_committed_last(broker: Shared) {
    let topic = topic(&broker, "groups", 2).await;
    let place = |offset, metadata: &str| Committed { offset, metadata: metadata.to_owned() };
    assert_eq!(broker.committed("g", &TopicPartition::new(topic.clone(), 0)).await.unwrap(), None);

    broker.commit("g", &TopicPartition::new(topic.clone(), 0), place(7, "gaps: 3")).await.unwrap();
    broker.commit("g", &TopicPartition::new(topic.clone(), 0), place(5, "")).await.unwrap();
    broker.commit("h", &TopicPartition::new(topic.clone(), 1), place(9, "ä")).await.unwrap();

    assert_eq!(
        broker.committed("g", &TopicPartition::new(topic.clone(), 0)).await.unwrap(),
        Some(place(5, ""))
    );
    assert_eq!(broker.committed("g", &TopicPartition::new(topic.clone(), 1)).await.unwrap(), None);
    assert_eq!(
        broker.committed("h", &TopicPartition::new(topic.clone(), 1)).await.unwrap(),
        Some(place(9, "ä"))
    );
    assert_eq!(
        kind(&broker.commit("g", &TopicPartition::new(topic.clone(), 2), place(1, "")).await),
        "no partition"
    );
}

pub(crate) async fn a_deleted_topic_is_gone_and_begins_anew(broker: Shared) {
    let known = topic(&broker, "deleted", 2).await;
    let place = || Committed { offset: 2, metadata: String::new() };
    broker.produce(vec![append("deleted", 1, vec![value("a"), value("b")])]).await;
    broker.commit("of-deleted", &TopicPartition::new(known.clone(), 1), place()).await.unwrap();
    assert_eq!(fetch(&broker, "deleted", 1, 0).await.len(), 2);
    let mut watcher = broker.watch("deleted").unwrap();
    let mut topics = broker.watch_topics();
    // Readers at the end are those who are told.
    assert_eq!(fetch(&broker, "deleted", 1, 2).await.len(), 0);
    watcher.mark_unchanged();
    topics.mark_unchanged();

    broker.delete_topic(&known).await.unwrap();

    // Whether it has changed or is closed: it does not wait on.
    let heard = tokio::time::timeout(Duration::from_secs(20), watcher.changed()).await;
    heard.expect("a deletion is heard of").ok();
    assert!(topics.has_changed().unwrap());
    is_gone(&broker, &known, place()).await;

    begins_anew(&broker, &known).await;
}

async fn is_gone(broker: &Shared, known: &TopicName, place: Committed) {
    assert_eq!(broker.topic("deleted"), None);
    assert!(!broker.topics().await.unwrap().iter().any(|topic| topic.name == *known));
    let late = broker.produce(vec![append("deleted", 1, vec![value("late")])]).await.remove(0);
    let again = broker.delete_topic(known).await;
    let commit = broker.commit("of-deleted", &TopicPartition::new(known.clone(), 1), place).await;
    assert_eq!((kind(&late), kind(&again), kind(&commit)), ("no topic", "no topic", "no topic"));
}

async fn begins_anew(broker: &Shared, known: &TopicName) {
    topic(broker, "deleted", 1).await;
    let fresh = vec![value("c"), value("d"), value("e")];
    let anew = broker.produce(vec![append("deleted", 0, fresh)]).await.remove(0);
    assert_eq!(anew.unwrap().base_offset, 0);
    let values: Vec<_> = fetch(broker, "deleted", 0, 0).await;
    let values: Vec<_> = values.into_iter().map(|stored| stored.record.value.unwrap()).collect();
    assert_eq!(values, ["c", "d", "e"]);
    assert_eq!(
        broker.committed("of-deleted", &TopicPartition::new(known.clone(), 0)).await.unwrap(),
        None
    );
    assert_eq!(broker.groups(known).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn groups_are_told_and_forgotten(broker: Shared) {
    let (here, there) = (topic(&broker, "told", 3).await, topic(&broker, "told-not", 1).await);
    let place = |offset| Committed { offset, metadata: String::new() };
    let commits =
        [("zeta", &here, 2), ("alpha", &here, 0), ("alpha", &there, 0), ("other", &there, 0)];
    let on = &broker;
    let commits = commits.map(|(group, topic, at)| async move {
        let partition = TopicPartition::new(topic.clone(), at);
        on.commit(group, &partition, place(0)).await
    });
    futures_util::future::try_join_all(commits).await.unwrap();
    let groups = async |topic: &TopicName| broker.groups(topic).await.unwrap();
    assert_eq!(groups(&here).await, ["alpha", "zeta"]);

    broker.forget_group("alpha", &here).await.unwrap();
    broker.forget_group("nobody", &here).await.unwrap();

    assert_eq!(groups(&here).await, ["zeta"]);
    assert_eq!(
        broker.committed("alpha", &TopicPartition::new(here.clone(), 0)).await.unwrap(),
        None
    );
    assert_eq!(groups(&there).await, ["alpha", "other"]);
    nothing_is_told_of_a_missing_topic(&broker).await;
}

async fn nothing_is_told_of_a_missing_topic(broker: &Shared) {
    let missing = name("told-not-there");
    assert_eq!(kind(&broker.groups(&missing).await), "no topic");
    assert_eq!(kind(&broker.forget_group("alpha", &missing).await), "no topic");
}
