//! Consumer groups of streams, and what else is changed beside messages.

use std::time::Duration;

use sluicegate_tests::gateway;
use tokio::time::sleep;

use super::{ends, explain, line_comes_true, words};

#[tokio::test]
async fn every_command_of_a_group_comes_true() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("TOPIC CREATE many PARTITIONS 3").await;
    for topic in ["orders", "many"] {
        client.pipeline(&[&*format!("XADD {topic} * n 1"); 6]).await;
    }
    for line in [
        "XREADGROUP GROUP g a STREAMS orders >",
        "XGROUP CREATE orders g 0",
        "XGROUP CREATE many g 0",
        "XGROUP CREATE orders g 0",
        "XGROUP CREATE fresh g $ MKSTREAM",
        "XREADGROUP GROUP g a COUNT 2 STREAMS orders >",
        "XREADGROUP GROUP g b COUNT 1 NOACK STREAMS orders >",
        "XREADGROUP GROUP g a STREAMS orders 0",
        "XREADGROUP GROUP g a COUNT 1 STREAMS many orders > >",
        "XREADGROUP GROUP g a COUNT 4 STREAMS many >",
        "XACK orders g 1-0 7-0",
        "XACK orders nobody 1-0",
        "XCLAIM orders g b 0 2-0",
        "XCLAIM orders g b 100000 2-0",
        "XCLAIM orders g c 0 6-0 FORCE",
        "XCLAIM orders g c 0 6-0 JUSTID",
        "XAUTOCLAIM orders g d 0 0",
        "XAUTOCLAIM orders g e 0 0 COUNT 1 JUSTID",
        "XGROUP CREATECONSUMER orders g f",
        "XGROUP DELCONSUMER orders g e",
        "XREADGROUP GROUP g a STREAMS orders >",
        "XREADGROUP GROUP g a STREAMS orders >",
        "XGROUP SETID orders g 3-0",
        "XREADGROUP GROUP g a STREAMS orders >",
        "XTRIM orders MAXLEN 2",
        "XTRIM orders MAXLEN ~ 1",
        "XREADGROUP GROUP g a STREAMS orders 0",
        "XGROUP DESTROY orders g",
        "XGROUP DESTROY orders g",
        "XDEL orders 1-0",
        "XSETID orders 9-0",
        "TOPIC CREATE events PARTITIONS 2",
        "TOPIC CREATE events",
    ] {
        line_comes_true(&mut client, line).await;
    }
}

#[tokio::test]
async fn what_would_become_of_entries_is_told() {
    let gateway = gateway().embedded().start().await;
    let mut client = gateway.client().await;
    client.pipeline(&["XADD orders * n 1"; 3]).await;
    client.send("XGROUP CREATE orders g 0").await;

    let told = explain(&mut client, "XREADGROUP GROUP g a COUNT 2 STREAMS orders >").await;
    assert_eq!(ends(&told), ["shown", "shown"]);
    let changes = words(&told, "changes");
    assert_eq!(
        changes,
        [
            "the gateway would join group `g` of `orders`",
            "consumer `a` of group `g` of `orders` would be made",
            "2 entries of group `g` of `orders` would become pending for `a`: 1-0, 2-0",
        ]
    );

    client.send("XREADGROUP GROUP g a COUNT 2 STREAMS orders >").await;
    for (line, wanted) in [
        (
            "XACK orders g 1-0",
            "1 entry of group `g` of `orders` would not be pending any more: 1-0",
        ),
        ("XCLAIM orders g b 0 1-0", "1 entry of group `g` of `orders` would move to `b`: 1-0"),
        (
            "XCLAIM orders g a 0 1-0",
            "1 entry of group `g` of `orders` would be delivered once more to `a`: 1-0",
        ),
        ("XGROUP DESTROY orders g", "group `g` of `orders` would be forgotten"),
        ("XTRIM orders MAXLEN = 1", "2 records of orders/0 would be deleted: it would begin at 2"),
    ] {
        let told = explain(&mut client, line).await;
        assert!(words(&told, "changes").contains(&wanted.to_owned()), "{line}: {told:#}");
    }
}

#[tokio::test]
async fn entries_and_consumers_stay_idle() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("XADD orders * n 1").await;
    client.send("XGROUP CREATE orders g 0").await;
    client.send("XREADGROUP GROUP g a STREAMS orders >").await;
    sleep(Duration::from_millis(300)).await;

    for line in [
        "XREADGROUP GROUP g a STREAMS orders 0",
        "XCLAIM orders g a 0 1-0",
        "XAUTOCLAIM orders g a 0 0",
    ] {
        explain(&mut client, line).await;
    }

    let pending = client.send("XPENDING orders g IDLE 300 - + 10").await;
    assert_eq!(pending.items().len(), 1, "it was not delivered again: {pending}");
    let consumers = client.send("XINFO CONSUMERS orders g").await;
    let idle: i64 = consumers.items()[0].items()[5].to_string()[1..].parse().expect("a number");
    assert!(idle >= 300, "the consumer was not heard of: {consumers}");
}
