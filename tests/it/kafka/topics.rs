//! Topics that others make, grow and delete are followed without a restart.

use std::time::Duration;

use sluicegate_tests::{
    gateway,
    kafka::{self, kcat},
};

use super::{QUICK, admin_of, until};
use crate::databus::{DSN, databus};

#[tokio::test]
async fn a_topic_made_outside_is_there_at_once() {
    let Some(space) = kafka::space() else { return };
    let gateway = gateway().kafka(&space).cluster("main", QUICK).start().await;
    let (mut client, mut reader) = (gateway.client().await, gateway.client().await);
    assert_eq!(client.send("XRANGE late - +").await, "[]");
    reader.write(b"XREAD BLOCK 20000 STREAMS late 0\r\n").await.expect("it is open");
    assert!(reader.is_silent_for(Duration::from_millis(100)).await);

    space.outside().await.create_topic("late", 2, 1).await;

    // It has two partitions, and the gateway must not make one of its own beside it.
    let id = client.send("XADD late * value 1").await;
    assert_eq!(id.error(), None);
    let listed = until(&mut client, "TOPIC LIST", |list| list.to_string().contains("late")).await;
    assert!(listed.to_string().contains(":2"), "{listed}");
    assert_eq!(space.outside().await.read("late").await.len(), 1);
}

#[tokio::test]
async fn a_reader_that_waits_for_a_topic_to_come_is_served() {
    let Some(space) = kafka::space() else { return };
    let gateway = gateway().kafka(&space).cluster("main", QUICK).start().await;
    let mut reader = gateway.client().await;
    reader.write(b"XREAD BLOCK 20000 STREAMS coming 0\r\n").await.expect("it is open");
    assert!(reader.is_silent_for(Duration::from_millis(300)).await);

    space.outside().await.create_topic("coming", 1, 1).await;
    if kcat(&space, "coming", &[], "here\n").await {
        assert_eq!(reader.reply().await, "[[$coming, [[$1-0, [$value, $here]]]]]");
    }
}

#[tokio::test]
async fn new_partitions_are_written_read_and_consumed() {
    let Some(space) = kafka::space() else { return };
    let outside = space.outside().await;
    outside.create_topic("orders", 1, 1).await;
    let gateway = databus().kafka(&space).cluster("main", QUICK).start().await;
    let mut admin = admin_of(&gateway).await;
    let mut consumer = gateway.client_as(&format!("{DSN}&offset=oldest&block=500")).await;
    assert_eq!(consumer.send("SET key 0").await, "+OK");
    until(&mut consumer, "MGET", |batch| batch.items().len() == 1).await;

    space.tools().grow_topic(&space.name("orders"), 3).await;
    until(&mut admin, "XRANGE orders:2 - +", |reply| reply.error().is_none()).await;
    for n in 0..30 {
        assert_eq!(consumer.send(&format!("SET key-{n} {n}")).await, "+OK");
    }

    let found = outside.read("orders").await;
    let mut used: Vec<_> = found.iter().map(|found| found.partition).collect();
    used.dedup();
    assert_eq!(used, [0, 1, 2]);
    let mut count = 0;
    for _ in 0..30 {
        count += consumer.send("MGET").await.items().len();
        if count == 30 {
            break;
        }
    }
    assert_eq!(count, 30);
}

#[tokio::test]
async fn a_topic_deleted_outside_is_gone_and_can_be_made_again() {
    let Some(space) = kafka::space() else { return };
    let gateway = gateway().kafka(&space).cluster("main", QUICK).start().await;
    let mut client = gateway.client().await;
    assert_eq!(client.send("XADD brief * value 1").await, "$1-0");
    assert_eq!(client.send("XADD brief * value 2").await, "$2-0");

    let outside = space.outside().await;
    outside.delete_topic("brief").await;
    until(&mut client, "TOPIC LIST", |list| !list.to_string().contains("brief")).await;
    assert_eq!(client.send("XRANGE brief - +").await, "[]");

    let again = until(&mut client, "XADD brief * value 3", |id| id.error().is_none()).await;
    assert_eq!(again, "$1-0", "it is a new one");
    assert_eq!(client.send("XRANGE brief - +").await, "[[$1-0, [$value, $3]]]");
}

#[tokio::test]
async fn records_deleted_outside_are_gone_and_the_rest_keeps_its_ids() {
    let Some(space) = kafka::space() else { return };
    let gateway = gateway().kafka(&space).start().await;
    let mut client = gateway.client().await;
    for n in 1..=5 {
        assert_eq!(client.send(&format!("XADD cut * value {n}")).await, format!("${n}-0"));
    }

    space.outside().await.delete_records("cut", 0, 3).await;

    let rest = "[[$4-0, [$value, $4]], [$5-0, [$value, $5]]]";
    assert_eq!(client.send("XRANGE cut - +").await, rest);
    assert_eq!(client.send("XREAD STREAMS cut 0").await, format!("[[$cut, {rest}]]"));
    until(&mut client, "XLEN cut", |length| *length == ":2").await;
}
