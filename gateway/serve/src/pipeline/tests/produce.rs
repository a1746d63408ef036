//! A burst as a whole, and the topics that it needs.

use std::{
    future::pending,
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{
    broker_double::BrokerDouble,
    component::{FORWARD, encode_with, plugin},
    scene::{Scene, message, settings},
};
use crate::{
    broker::{Appended, BrokerError, TopicInfo},
    message::{Role, TopicName},
    pipeline::{Chain, Pipeline, PipelineSettings},
};

fn transcoder(letter: char) -> Arc<crate::plugin::Plugin> {
    plugin("code", Role::Transcoder, [&encode_with(letter), FORWARD])
}

#[tokio::test]
async fn a_burst_meets_exactly_one_chain() {
    let pipeline: Arc<OnceLock<Arc<Pipeline>>> = Arc::default();
    let reloaded = Arc::clone(&pipeline);
    let mut broker = BrokerDouble::with_topics(1);
    // A reload between the two halves of the first message's path.
    broker.topic = Box::new(move |name| {
        reloaded.get().unwrap().swap(Chain::new(2, vec![transcoder('2')]));
        Some(TopicInfo { name: TopicName::new(name).unwrap(), partitions: 1 })
    });
    broker.produce = Box::new(|appends| {
        let values = appends[0].records.iter().map(|record| record.value.clone().unwrap());
        assert_eq!(values.collect::<Vec<_>>(), ["a1", "b1"]);
        Box::pin(async { vec![Ok(Appended::run(0))] })
    });
    let scene = Scene::over(broker, settings(), [transcoder('1')]);
    pipeline.set(Arc::clone(&scene.pipeline)).unwrap();

    assert_eq!(scene.publish(&["a", "b"]).await, ["stored orders/0"; 2]);

    assert_eq!(scene.pipeline.chain().generation(), 2);
}

#[tokio::test]
async fn a_broker_that_does_not_answer_in_time_leaves_it_unknown() {
    let mut broker = BrokerDouble::with_topics(1);
    broker.produce = Box::new(|_| Box::pin(pending()));
    let publish_deadline = Duration::from_millis(20);
    let scene = Scene::over(broker, PipelineSettings { publish_deadline, ..settings() }, []);

    let unknown = "UNKNOWN publish may or may not be stored: no answer from the broker";
    assert_eq!(scene.publish(&["x"]).await, [unknown]);

    assert_eq!(scene.counters.messages_unknown.get(), 1);
}

#[tokio::test]
async fn each_partition_of_a_burst_has_its_own_outcome() {
    let mut broker = BrokerDouble::with_topics(2);
    broker.produce = Box::new(|appends| {
        assert_eq!(
            appends.iter().map(|append| append.partition.partition).collect::<Vec<_>>(),
            [0, 1]
        );
        let reason = "disk full".to_owned();
        Box::pin(async { vec![Ok(Appended::run(7)), Err(BrokerError::Refused { reason })] })
    });
    let scene = Scene::over(broker, settings(), []);
    let mut messages = ["a", "b", "c"].map(|value| message("orders", value)).to_vec();
    messages[1].partition = Some(1);

    let refused = "ERR the broker refused, nothing was stored";
    assert_eq!(scene.produce(messages).await, ["stored orders/0", refused, "stored orders/0"]);
}

#[tokio::test]
async fn topics_of_the_gateway_itself_are_not_written_to() {
    let scene = Scene::over(BrokerDouble::untouchable(), settings(), []);

    let outcomes = scene.produce(vec![message("__sluicegate.orders", "x")]).await;

    assert_eq!(outcomes, ["ERR the broker refused, nothing was stored"]);
}

#[tokio::test]
async fn no_more_topics_are_created_than_the_limit_allows() {
    let memory = crate::broker::embedded::EmbeddedBroker::memory().unwrap();
    let scene = Scene::over(memory, PipelineSettings { topics_max: 1, ..settings() }, []);

    let outcomes = scene.produce(vec![message("first", "x"), message("second", "x")]).await;

    assert_eq!(outcomes, ["stored first/0", "ERR the broker refused, nothing was stored"]);
}

#[tokio::test]
async fn a_fork_changes_nothing_of_its_pipeline() {
    let scene = Scene::new([]);
    scene.publish(&["x"]).await;
    let clusters = scene.pipeline.clusters().with(|_| Arc::new(BrokerDouble::untouchable()));
    let fork = scene.pipeline.fork(clusters, Arc::default());

    fork.swap(Chain::new(2, vec![transcoder('1')]));

    assert_eq!(scene.pipeline.chain().generation(), 1);
    assert_eq!((scene.counters.reloads.get(), scene.counters.messages_published.get()), (0, 1));
}
