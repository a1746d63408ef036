//! The partitioner and the transcoder's encode.

use super::{
    broker_double::BrokerDouble,
    component::{
        FORWARD, TRAP, encode_with, error, if_first_is, partition_all, plugin, plugin_with,
    },
    scene::{Scene, message, settings},
};
use crate::{
    message::{Message, Role},
    plugin::{OnFailure, PluginSettings},
};

fn anywhere(value: &'static str) -> Message {
    Message { partition: None, ..message("orders", value) }
}

#[tokio::test]
async fn a_partitioner_chooses_where_the_client_names_no_partition() {
    let scene = Scene::new([plugin("hash", Role::Partitioner, [&partition_all(3), ""])]);

    let outcomes = scene.produce(vec![anywhere("a"), message("orders", "b"), anywhere("c")]).await;

    assert_eq!(outcomes, ["stored orders/3", "stored orders/0", "stored orders/3"]);
}

#[tokio::test]
async fn a_partitioner_that_names_a_missing_partition_stores_nothing_of_the_burst() {
    let hash = plugin("hash", Role::Partitioner, [&partition_all(7), ""]);
    let scene = Scene::over(BrokerDouble::with_topics(4), settings(), [hash]);

    let outcomes = scene.produce(vec![anywhere("a"), anywhere("b")]).await;

    assert_eq!(outcomes, ["REJECTED hash plugin failed"; 2]);
}

#[tokio::test]
async fn without_a_working_partitioner_messages_without_keys_share_a_partition() {
    let on_failure = OnFailure::Bypass;
    let bypass = PluginSettings { on_failure, ..PluginSettings::new("hash") };
    let scene = Scene::new([plugin_with(bypass, Role::Partitioner, [TRAP, ""])]);

    let first = scene.produce(vec![anywhere("a"), anywhere("b")]).await;
    let second = scene.produce(vec![anywhere("c")]).await;

    assert_eq!(first, ["stored orders/0", "stored orders/0"]);
    assert_eq!(second, ["stored orders/1"], "the next burst goes to the next partition");
}

#[tokio::test]
async fn a_client_that_names_a_missing_partition_is_told_so() {
    let scene = Scene::over(BrokerDouble::with_topics(4), settings(), []);
    let missing = Message { partition: Some(4), ..message("orders", "x") };

    assert_eq!(scene.produce(vec![missing]).await, ["ERR topic `orders` has no partition 4"]);
}

#[tokio::test]
async fn values_are_stored_as_the_transcoder_encodes_them() {
    let scene = Scene::new([plugin("code", Role::Transcoder, [&encode_with('!'), FORWARD])]);
    let mut tombstone = message("orders", "");
    tombstone.record.value = None;

    scene.produce(vec![message("orders", "a"), tombstone]).await;

    assert_eq!(scene.stored("orders").await, ["a!", "(tombstone)"]);
}

#[tokio::test]
async fn a_message_that_cannot_be_encoded_is_rejected_and_others_are_stored() {
    let body = format!("{} {}", encode_with('!'), if_first_is('x', &error()));
    let body = format!("{body} {}", if_first_is('y', TRAP));
    let scene = Scene::new([plugin("code", Role::Transcoder, [&body, FORWARD])]);

    let outcomes = scene.publish(&["a", "x", "y", "b"]).await;

    let (rejected, failed) = ("REJECTED code bad: not today", "REJECTED code plugin failed");
    assert_eq!(outcomes, ["stored orders/0", rejected, failed, "stored orders/0"]);
    assert_eq!(scene.stored("orders").await, ["a!", "b!"]);
}
