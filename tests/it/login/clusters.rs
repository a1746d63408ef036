//! The row's cluster says where messages go, from one message to the next.

use sluicegate_tests::{
    kafka,
    stores::{Row, Sidecar, Store},
};

use super::{FELT, REFRESH_SECS, until};

over!([a_live_session_follows_its_row_to_another_cluster]: fixed, redis, mysql);

async fn a_live_session_follows_its_row_to_another_cluster(mut store: Store) {
    // One Kafka under two prefixes: for the gateway these are two clusters.
    let (Some(first), Some(second)) = (kafka::space(), kafka::space()) else { return };
    let other =
        format!("bootstrap = {:?}\nname_prefix = {:?}", second.bootstrap(), second.prefix());
    let row = Row::new("a").cluster("main");
    store.insert(&row).await;
    let sidecar = Sidecar { refresh_secs: REFRESH_SECS, ..Sidecar::default() };
    let gateway = store
        .gateway(sidecar)
        .kafka(&first)
        .cluster("second", &other)
        .set("broker.cluster", "main")
        .start()
        .await;
    store.attach(&gateway);
    let mut client = gateway.client().await;
    assert_eq!(client.send("AUTH a secret-a").await, "+OK");
    assert_eq!(client.send("XADD orders * value here").await, "$1-0");

    store.update(&row.clone().cluster("second")).await;
    let there = "[[$1-0, [$value, $there]]]";
    let took = until(&mut client, "XLEN orders", |reply| *reply == ":0").await;
    assert_eq!(client.send("XADD orders * value there").await, "$1-0");
    assert_eq!(client.send("XRANGE orders - +").await, there);
    assert!(took < FELT, "it took {took:?}");

    store.update(&row).await;
    until(&mut client, "XRANGE orders - +", |reply| *reply != there).await;
    assert_eq!(client.send("XRANGE orders - +").await, "[[$1-0, [$value, $here]]]");
}
