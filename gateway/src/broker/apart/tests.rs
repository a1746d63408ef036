//! The broker suite over a part of another broker, and what only parts promise.

use std::sync::Arc;

use super::Apart;
use crate::{
    broker::{
        Broker, BrokerError, Committed, NewTopic,
        embedded::Embedded,
        suite::{self, broker_suite},
    },
    message::TopicName,
};

broker_suite! {{
    let inner: Arc<dyn Broker> = Arc::new(Embedded::memory().unwrap());
    (Arc::clone(&inner), Arc::new(Apart::new(inner)) as Arc<dyn Broker>)
}}

fn name(name: &str) -> TopicName {
    TopicName::new(name).unwrap()
}

#[tokio::test]
async fn two_parts_do_not_meet_and_leave_nothing_behind() {
    let inner: Arc<dyn Broker> = Arc::new(Embedded::memory().unwrap());
    inner.create_topic(NewTopic::new(name("theirs"), 1)).await.unwrap();
    let [a, b] = [Apart::new(Arc::clone(&inner)), Apart::new(Arc::clone(&inner))];
    let place = || Committed { offset: 0, metadata: String::new() };

    a.create_topic(NewTopic::new(name("orders"), 2)).await.unwrap();
    b.create_topic(NewTopic::new(name("orders"), 1)).await.unwrap();
    a.commit("g", &name("orders"), 0, place()).await.unwrap();
    let member = a.join("h", &name("orders")).unwrap();
    member.commit(1, place()).await.unwrap();
    member.leave().await;

    assert_eq!(a.topics().await.unwrap().len(), 1);
    assert_eq!(a.topic("theirs"), None);
    assert_eq!(a.look_up(&name("theirs")).await.unwrap(), None);
    assert_eq!(a.groups(&name("orders")).await.unwrap(), ["g", "h"]);
    assert_eq!(b.groups(&name("orders")).await.unwrap(), Vec::<String>::new());

    a.close().await.unwrap();
    assert_eq!(b.topic("orders").unwrap().partitions, 1);
    b.close().await.unwrap();
    let left = inner.topics().await.unwrap();
    assert_eq!(left.iter().map(|topic| topic.name.as_str()).collect::<Vec<_>>(), ["theirs"]);
}

#[tokio::test]
async fn errors_speak_of_topics_as_their_users_know_them() {
    let part = Apart::new(Arc::new(Embedded::memory().unwrap()));
    part.create_topic(NewTopic::new(name("orders"), 1)).await.unwrap();
    let exists = part.create_topic(NewTopic::new(name("orders"), 1)).await.unwrap_err();
    let missing = part.offsets(&name("none"), 0).await.unwrap_err();
    let member = part.join("g", &name("orders")).unwrap();
    let place = Committed { offset: 0, metadata: String::new() };
    let elsewhere = member.commit(7, place).await.unwrap_err();

    let long = name(&"x".repeat(249));
    let too_long = part.create_topic(NewTopic::new(long.clone(), 1)).await.unwrap_err();

    assert_eq!(exists.to_string(), "topic `orders` already exists");
    assert_eq!(missing.to_string(), "no such topic `none`");
    assert!(!elsewhere.to_string().contains("sluicegate-test"), "{elsewhere}");
    assert!(matches!(too_long, BrokerError::Refused { .. }), "{too_long}");
    assert_eq!(part.topic(long.as_str()), None);
}
