//! The gateway over a real Kafka, and clients that go to the same broker themselves.
//!
//! `SLUICEGATE_KAFKA` names a broker that runs already; without it one is started. The direct
//! clients and the load share this process and two threads.

#[path = "kafka/caller.rs"]
mod caller; //     the load, the same for every side
#[path = "kafka/connection.rs"]
pub(crate) mod connection; // a connection to the gateway
#[path = "kafka/direct.rs"]
mod direct; //     one idempotent client
#[path = "kafka/batcher.rs"]
mod batcher; //    another client, with batches of our own
#[path = "kafka/numbers.rs"]
pub(crate) mod numbers; //    medians and targets
#[path = "kafka/publish.rs"]
mod publish;
#[path = "kafka/consume.rs"]
mod consume;

pub(crate) use consume::mget;

use std::env;

use sluicegate_tests::{
    Gateway, gateway,
    kafka::{self, Cluster, Space},
};

/// Partitions of every topic here.
pub(crate) const PARTITIONS: u32 = 4;

/// The topic that is published to.
pub(crate) const PUBLISHED: &str = "published";

/// The topic that is consumed.
const FILLED: &str = "filled";

/// The value of every message: 100 bytes of JSON.
pub(crate) const VALUE: &str = concat!(
    r#"{"order":4711,"customer":"c-000815","state":"paid","cents":129900,"#,
    r#""note":"0123456789abcdefghijklmn"}"#
);
const _: () = assert!(VALUE.len() == 100);

/// Lets a databus client do everything with both topics.
pub(crate) const ROWS: &str = r#"
[[settings.apps]]
group = "g"
topic = "published"
operation = "pubsub"
key = "k"
secret = "s"

[[settings.apps]]
group = "g"
topic = "filled"
operation = "pubsub"
key = "k"
secret = "s"
"#;

/// A gateway, and the Kafka behind it.
struct Stage {
    gateway: Gateway,
    space: Space,
    /// Held so that it runs until the end, where it is ours.
    _cluster: Option<Cluster>,
}

/// Publishing, then consuming; nothing, counted, where this machine cannot start Kafka.
pub(crate) async fn all() {
    let Some(stage) = stage().await else { return };
    publish::compare(&stage).await;
    consume::compare(&stage).await;
}

async fn stage() -> Option<Stage> {
    let is_named = env::var_os("SLUICEGATE_KAFKA").is_some();
    let cluster = if is_named { None } else { Some(kafka::cluster().start().await?) };
    let space = match &cluster {
        Some(cluster) => cluster.space(),
        None => kafka::space()?,
    };
    let outside = space.outside().await;
    for topic in [PUBLISHED, FILLED] {
        outside.create_topic(topic, PARTITIONS, 1).await;
    }
    let gateway = gateway().kafka(&space).plugin("auth-static", ROWS).start().await;
    Some(Stage { gateway, space, _cluster: cluster })
}
