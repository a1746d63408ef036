//! XREAD, XRANGE, XREVRANGE, MGET, and subscriptions.

use std::time::{Duration, Instant};

use sluicegate_tests::gateway;

use super::{ends, explain, line_comes_true, steps, words};
use crate::databus::{DSN, databus, make_topic};

const FILTER: &str = "[settings]\nredact = [\"card\"]\n";

#[tokio::test]
async fn what_is_read_is_told_with_what_filters_do() {
    let gateway = gateway().plugin("filter-json", FILTER).start().await;
    let mut client = gateway.client().await;
    client.send("TOPIC CREATE many PARTITIONS 3").await;
    for topic in ["orders", "many", "many", "many"] {
        client.send(&format!(r#"XADD {topic} * value '{{"card":"4111"}}'"#)).await;
    }
    for line in [
        "XRANGE orders - +",
        "XREVRANGE orders + -",
        "XREAD STREAMS orders 0",
        "XREAD COUNT 2 STREAMS many orders 0 0",
        "XREAD STREAMS many $",
        "XREAD STREAMS many +",
        "XRANGE many - + COUNT 2",
        "XREVRANGE many + - COUNT 2",
        "XRANGE many:1 - +",
        "XRANGE nothing - +",
        "XREAD STREAMS orders many 9-9 none",
    ] {
        line_comes_true(&mut client, line).await;
    }
    let told = explain(&mut client, "XRANGE orders - +").await;
    assert_eq!(
        (steps(&told), ends(&told)),
        (vec!["filter-json filter.on-consume".to_owned()], vec!["shown"])
    );
    assert_eq!(told["traces"][0]["steps"][0]["changes"][0]["part"], "value");
}

#[tokio::test]
async fn a_read_that_would_wait_is_told_at_once() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 1).await;
    let mut reader = gateway.client_as(&DSN.replace("block=300", "block=20000")).await;
    let began = Instant::now();

    let told = explain(&mut reader, "XREAD BLOCK 0 STREAMS orders $").await;
    assert_eq!(words(&told, "notes"), ["there is nothing now: it would wait without end"]);
    let told = explain(&mut reader, "MGET").await;
    let notes = words(&told, "notes");
    assert!(notes.contains(&"there is nothing now: it would wait for 20s".to_owned()), "{notes:?}");
    assert!(began.elapsed() < Duration::from_secs(10), "EXPLAIN waits for nothing");
}

#[tokio::test]
async fn no_more_than_a_hundred_records_are_traced() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    let lines = ["XADD orders * n 1"; 130];
    client.pipeline(&lines).await;

    let told = explain(&mut client, "XRANGE orders - +").await;

    assert_eq!((ends(&told).len(), &told["more"]), (100, &30.into()));
    assert_eq!(told["reply"].as_array().map(Vec::len), Some(130), "the reply is whole");
}

#[tokio::test]
async fn an_mget_is_told_and_the_next_real_one_gives_the_same() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 3).await;
    let mut client = gateway.client_as(&format!("{DSN}&offset=oldest")).await;
    for key in ["a", "b", "c", "d"] {
        client.send(&format!("SET {key} 1")).await;
    }

    let told = line_comes_true(&mut client, "MGET").await;
    assert_eq!(ends(&told).len(), 4);
    let notes = words(&told, "notes");
    assert!(notes[0].starts_with("this gateway is not in group `g` of `orders`"), "{notes:?}");
    let changes = words(&told, "changes");
    assert!(changes.iter().any(|it| it.starts_with("the next MGET would go on")), "{changes:?}");

    client.send("SET a 2").await;
    let told = line_comes_true(&mut client, "MGET").await;
    assert_eq!(ends(&told).len(), 1, "it is a member now, and goes on where it was");

    let place = &told["traces"][0];
    let commit = format!("SET {} {} COMMIT", place["partition"], place["offset"]);
    let told = line_comes_true(&mut client, &commit).await;
    assert!(words(&told, "changes")[0].starts_with("group `g` would be committed"), "{told:#}");
}

#[tokio::test]
async fn a_subscription_is_told_and_not_made() {
    let gateway = gateway().plugin("filter-json", FILTER).start().await;
    let mut client = gateway.client().await;
    for line in ["SUBSCRIBE orders", "SSUBSCRIBE orders"] {
        let told = explain(&mut client, line).await;
        let wanted = "messages of `orders` would meet filter-json filter.on-consume";
        assert!(words(&told, "notes").contains(&wanted.to_owned()), "{told:#}");
    }
    explain(&mut client, "PSUBSCRIBE o*").await;
    explain(&mut client, "UNSUBSCRIBE").await;
    assert_eq!(client.send("PUBSUB NUMPAT").await, ":0");
    assert_eq!(client.send("PUBLISH orders 1").await, ":0", "nobody listens");
}
