//! What was acknowledged stays so, in any order, whatever becomes of the gateway.

use std::collections::BTreeSet;

use sluicegate_tests::{Reply, gateway};

use super::{acknowledge, drain, fill, ids};

/// Every second entry of some, in an order far from the log's.
fn scattered(ids: &[String]) -> Vec<String> {
    let count = ids.len();
    let odd = (0..count).map(|n| n * 7_919 % count).filter(|n| n % 2 == 1);
    odd.map(|n| ids[n].clone()).collect()
}

#[tokio::test]
async fn acknowledgements_in_any_order_outlive_a_clean_restart() {
    let mut gateway = gateway().start().await;
    let mut client = gateway.client().await;
    fill(&mut client, "t", 5_000).await;
    client.send("XGROUP CREATE t g 0").await;
    let given = ids(&client.send("XREADGROUP GROUP g c COUNT 5000 STREAMS t >").await);
    assert_eq!(given.len(), 5_000);
    let done = scattered(&given);
    for some in done.chunks(7) {
        assert_eq!(acknowledge(&mut client, "t", some).await, some.len());
    }

    assert!(gateway.terminate().await.success());
    gateway.start_again().await;

    let wanted: BTreeSet<_> = given.into_iter().filter(|id| !done.contains(id)).collect();
    let again = drain(&gateway, "t", wanted.len()).await;
    assert_eq!(again, wanted);
}

#[tokio::test]
async fn after_a_kill_what_was_pending_is_delivered_again_and_nothing_else() {
    let mut gateway = gateway().start().await;
    let mut client = gateway.client().await;
    fill(&mut client, "t", 100).await;
    client.send("XGROUP CREATE t g 0").await;
    let given = ids(&client.send("XREADGROUP GROUP g c COUNT 60 STREAMS t >").await);
    let done = scattered(&given);
    assert_eq!(acknowledge(&mut client, "t", &done).await, 30);

    gateway.kill().await;
    gateway.start_again().await;

    let again = drain(&gateway, "t", 70).await;
    assert_eq!(again.len(), 70);
    assert!(done.iter().all(|id| !again.contains(id)), "none that was acknowledged");
}

#[tokio::test]
async fn an_acknowledgement_that_no_commit_can_hold_is_refused() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    fill(&mut client, "t", 40_000).await;
    client.send("XGROUP CREATE t g 0").await;
    let mut given = Vec::new();
    while given.len() < 40_000 {
        given.extend(ids(&client.send("XREADGROUP GROUP g c COUNT 10000 STREAMS t >").await));
    }
    let every_second: Vec<_> = given.iter().skip(1).step_by(2).cloned().collect();
    let (mut done, mut refused) = (0, 0);
    for some in every_second.chunks(1_000) {
        let words = ["XACK".to_owned(), "t".to_owned(), "g".to_owned()];
        let words: Vec<_> = words.into_iter().chain(some.iter().cloned()).collect();
        match client.send_args(&words).await {
            Reply::Integer(count) => done += count,
            reply => {
                let words = reply.error().expect("a count or an error");
                assert!(words.contains("acknowledge the oldest pending entries first"), "{words}");
                refused += 1;
            }
        }
    }
    assert!(done >= 12_000 && refused > 0, "{done}, {refused}");

    // As it says: the oldest ones make room.
    for some in given.chunks(5_000) {
        acknowledge(&mut client, "t", some).await;
    }
    assert!(client.send("XPENDING t g").await.to_string().starts_with("[:0"));
}
