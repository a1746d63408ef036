//! Groups: who comes, who goes, and who holds a batch.

use std::{
    env, fs,
    time::{Duration, Instant},
};

use sluicegate_tests::{Gateway, kafka};
use tokio::time::sleep;

use crate::databus::{DSN, databus, fields, make_topic};

/// Connections that come and go; `SLUICEGATE_CYCLES` sets another number.
const CYCLES: u32 = 100;
/// Kafka would miss a member only after the test.
const LONG_SESSION: &str = "session_timeout_ms = 45000";
/// A batch is held for so long: more than any session time-out that a client can be meant to keep.
const HELD: Duration = Duration::from_secs(35);

#[tokio::test]
async fn connect_consume_and_close_leaves_nothing_behind() {
    let Some(space) = kafka::space() else { return };
    let cycles = env::var("SLUICEGATE_CYCLES").map_or(CYCLES, |n| n.parse().expect("a number"));
    let gateway = databus().kafka(&space).start().await;
    make_topic(&gateway, "orders", 2).await;
    let dsn = DSN.replace("block=300", "block=10000&offset=oldest&batch=1");
    let mut writer = gateway.client_as("k:s@g/topic=orders&role=pub").await;
    let mut before = None;

    for n in 0..cycles {
        assert_eq!(writer.send(&format!("SET key {n}")).await, "+OK");
        let mut consumer = gateway.client_as(&dsn).await;
        let batch = consumer.send("MGET").await;
        assert_eq!(batch.items().len(), 1, "cycle {n}: {batch}");
        let message = fields(batch.items()[0].bytes());
        assert_eq!(message["value"], n, "what was committed is not shown again");
        let commit = format!("SET {} {} COMMIT", message["partition"], message["offset"]);
        assert_eq!(consumer.send(&commit).await, "+OK");
        drop(consumer);
        if n % 10 == 9 {
            let now = settled(&gateway, before).await;
            before.get_or_insert(now);
        }
    }

    // The last consumer leaves the group within a second.
    sleep(Duration::from_secs(1)).await;
    assert_eq!(space.tools().members(space.prefix()).await, [""; 0]);
}

#[tokio::test]
async fn a_gateway_that_stops_has_left_its_groups() {
    let Some(space) = kafka::space() else { return };
    let mut gateway = databus().kafka(&space).cluster("main", LONG_SESSION).start().await;
    make_topic(&gateway, "orders", 2).await;
    let mut consumer = gateway.client_as(&DSN.replace("block=300", "block=10000")).await;
    let mut writer = gateway.client_as("k:s@g/topic=orders&role=pub").await;
    consumer.write(b"MGET\r\n").await.expect("it is open");
    // A new group begins at the end: what is written once it has joined is shown.
    while consumer.is_silent_for(Duration::from_millis(200)).await {
        assert_eq!(writer.send("SET key 1").await, "+OK");
    }
    assert_ne!(space.tools().members(space.prefix()).await, [""; 0]);

    assert!(gateway.terminate().await.success());

    assert_eq!(space.tools().members(space.prefix()).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_that_holds_its_batch_does_not_stall_others() {
    let Some(space) = kafka::space() else { return };
    let slow_gateway = databus().kafka(&space).start().await;
    make_topic(&slow_gateway, "orders", 4).await;
    let quick_gateway = databus().kafka(&space).start().await;
    let dsn = DSN.replace("block=300", "block=1000&offset=oldest&batch=1");
    let mut slow = slow_gateway.client_as(&dsn).await;
    let mut quick = quick_gateway.client_as(&dsn).await;
    // Both look once, so that both have a share before anything is there.
    slow.send("MGET").await;
    quick.send("MGET").await;
    slow.send("MGET").await;
    let mut writer = quick_gateway.client_as("k:s@g/topic=orders&role=pub").await;
    for n in 0..16 {
        assert_eq!(writer.send(&format!("SET key-{n} {n}")).await, "+OK");
    }
    let held = slow.send("MGET").await;
    let held = fields(held.items()[0].bytes());

    let began = Instant::now();
    let (mut last, mut longest, mut consumed) = (Instant::now(), Duration::ZERO, 0);
    while began.elapsed() < HELD {
        for n in 0..16 {
            assert_eq!(writer.send(&format!("SET key-{n} {n}")).await, "+OK");
        }
        let batch = quick.send("MGET").await;
        for message in batch.items().iter().map(|message| fields(message.bytes())) {
            assert_ne!(message["partition"], held["partition"], "it has an owner");
            consumed += 1;
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
        sleep(Duration::from_millis(200)).await;
    }

    assert!(consumed > 20 && longest < Duration::from_secs(5), "{consumed}, {longest:?}");
    let commit = format!("SET {} {} COMMIT", held["partition"], held["offset"]);
    assert_eq!(slow.send(&commit).await, "+OK", "it is still a member");
}

/// Number of sockets the gateway holds when no more are being closed; at most as many as before.
async fn settled(gateway: &Gateway, before: Option<usize>) -> usize {
    let began = Instant::now();
    loop {
        sleep(Duration::from_millis(300)).await;
        let now = sockets(gateway);
        if before.is_none_or(|before| now <= before) {
            return now;
        }
        let late = began.elapsed() > Duration::from_secs(5);
        assert!(!late, "{now} sockets, and before {before:?}");
    }
}

fn sockets(gateway: &Gateway) -> usize {
    let folder = format!("/proc/{}/fd", gateway.process().id());
    let files = fs::read_dir(folder).expect("it lives").flatten();
    let targets = files.filter_map(|file| fs::read_link(file.path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}
