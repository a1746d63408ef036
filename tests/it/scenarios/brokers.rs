//! What a snapshot says is true of every broker.

use std::fs;

use sluicegate_tests::{kafka, workspace};

use super::{orders, test};

#[tokio::test]
async fn memory_and_the_embedded_log_give_one_snapshot() {
    let orders = orders();
    let orders = orders.to_str().expect("it is text");
    for broker in ["memory", "embedded"] {
        let played = test(&[orders, "--check", "--broker", broker]).await;
        assert!(played.succeeded, "{broker}: {}\n{}", played.output, played.errors);
    }
}

#[tokio::test]
async fn kafka_gives_the_same_snapshot() {
    let Some(space) = kafka::space() else { return };
    let folder = tempfile::tempdir().expect("it can be made");
    let settings = fs::read_to_string(orders().join("gateway.toml")).expect("it is there");
    let cluster = format!("\n[broker.clusters.main]\nbootstrap = {:?}\n", space.bootstrap());
    let config = folder.path().join("gateway.toml");
    fs::write(&config, settings + &cluster).expect("it can be written");
    let plugins = workspace::target().join("scenarios/orders");
    let (orders, config, plugins) = (orders(), config.display(), plugins.display());
    let played = test(&[
        orders.to_str().expect("it is text"),
        "--check",
        "--broker",
        "kafka",
        "--config",
        &config.to_string(),
        "--plugins",
        &plugins.to_string(),
    ])
    .await;
    assert!(played.succeeded, "{}\n{}", played.output, played.errors);
}
