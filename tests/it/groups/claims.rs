//! Entries of consumers that do not finish them.

use sluicegate_tests::gateway;

use super::{acknowledge, entry_ids, fill, ids};

#[tokio::test]
async fn a_dead_consumers_entries_are_claimed_by_others() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("TOPIC CREATE t PARTITIONS 2").await;
    fill(&mut client, "t", 250).await;
    client.send("XGROUP CREATE t g 0").await;
    let mut dead = gateway.client().await;
    let held = ids(&dead.send("XREADGROUP GROUP g dead STREAMS t >").await);
    assert_eq!(held.len(), 250);
    drop(dead);

    let mut cursor = "0-0".to_owned();
    let mut claimed = Vec::new();
    loop {
        let reply = client.send(&format!("XAUTOCLAIM t g live 0 {cursor} COUNT 100")).await;
        claimed.extend(entry_ids(&reply.items()[1]));
        assert_eq!(reply.items()[2], "[]");
        cursor = String::from_utf8_lossy(reply.items()[0].bytes()).into_owned();
        if cursor == "0-0" {
            break;
        }
    }

    claimed.sort_unstable();
    let mut held = held;
    held.sort_unstable();
    assert_eq!(claimed, held);
    let pending = client.send("XPENDING t g").await.to_string();
    assert!(pending.ends_with("[[$live, $250]]]"), "{pending}");
    assert_eq!(acknowledge(&mut client, "t", &claimed).await, 250);
}

#[tokio::test]
async fn by_force_an_entry_is_claimed_that_nobody_has() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    fill(&mut client, "t", 3).await;
    client.send("XGROUP CREATE t g 0").await;

    assert_eq!(client.send("XCLAIM t g c 0 2-0").await, "[]");
    assert_eq!(client.send("XCLAIM t g c 0 2-0 9-0 FORCE").await, "[[$2-0, [$n, $2]]]");
    assert_eq!(client.send("XACK t g 2-0").await, ":1");
    assert_eq!(client.send("XCLAIM t g c 0 2-0 FORCE").await, "[]", "it is acknowledged");
    assert_eq!(ids(&client.send("XREADGROUP GROUP g c STREAMS t >").await), ["1-0", "3-0"]);
}
