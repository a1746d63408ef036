//! Who gets what, and when.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use sluicegate_tests::{client::encode, gateway};

use super::{acknowledge, drain, entry_ids, fill, ids};

#[tokio::test]
async fn consumers_share_the_entries_and_each_is_given_once() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("TOPIC CREATE t PARTITIONS 3").await;
    fill(&mut client, "t", 3_000).await;
    assert_eq!(client.send("XGROUP CREATE t g 0").await, "+OK");

    let mut consumers = Vec::new();
    for n in 0..6 {
        let mut consumer = gateway.client().await;
        consumers.push(tokio::spawn(async move {
            let read = format!("XREADGROUP GROUP g c{n} COUNT 50 BLOCK 2000 STREAMS t >");
            let mut found = Vec::new();
            loop {
                let given = ids(&consumer.send(&read).await);
                if given.is_empty() {
                    return found;
                }
                assert_eq!(acknowledge(&mut consumer, "t", &given).await, given.len());
                found.extend(given);
            }
        }));
    }
    let mut all = Vec::new();
    for consumer in consumers {
        all.extend(consumer.await.expect("it reads to the end"));
    }

    assert_eq!(all.len(), 3_000);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 3_000, "none twice");
    assert!(client.send("XPENDING t g").await.to_string().starts_with("[:0"));
    let info = client.send("XINFO GROUPS t").await.to_string();
    assert!(info.contains("$entries-read, :3000, $lag, :0"), "{info}");
}

#[tokio::test]
async fn a_waiting_consumer_gets_a_new_entry_at_once_and_one_gets_it() {
    let gateway = gateway().start().await;
    let mut writer = gateway.client().await;
    assert_eq!(writer.send("XGROUP CREATE t g $ MKSTREAM").await, "+OK");
    let (mut one, mut two) = (gateway.client().await, gateway.client().await);
    for consumer in [&mut one, &mut two] {
        // Joined, and seen that there is nothing.
        assert_eq!(consumer.send("XREADGROUP GROUP g c STREAMS t >").await, "nil");
    }
    let read = encode(&["XREADGROUP", "GROUP", "g", "c", "BLOCK", "20000", "STREAMS", "t", ">"]);
    one.write(&read).await.expect("it is open");
    assert!(one.is_silent_for(Duration::from_millis(300)).await);

    let published = Instant::now();
    writer.send("XADD t * n 1").await;
    assert_eq!(one.reply().await, "[[$t, [[$1-0, [$n, $1]]]]]");
    assert!(published.elapsed() < Duration::from_secs(2), "{:?}", published.elapsed());

    assert_eq!(two.send("XREADGROUP GROUP g c STREAMS t >").await, "nil");
}

#[tokio::test]
async fn a_blocked_consumer_hears_that_its_group_is_gone() {
    let gateway = gateway().start().await;
    let (mut reader, mut other) = (gateway.client().await, gateway.client().await);
    other.send("XGROUP CREATE t g $ MKSTREAM").await;
    assert_eq!(reader.send("XREADGROUP GROUP g c STREAMS t >").await, "nil");
    reader.write(b"XREADGROUP GROUP g c BLOCK 20000 STREAMS t >\r\n").await.expect("it is open");
    assert!(reader.is_silent_for(Duration::from_millis(200)).await);

    assert_eq!(other.send("XGROUP DESTROY t g").await, ":1");

    let words = "-NOGROUP No such key 't' or consumer group 'g' in XREADGROUP with GROUP option";
    assert_eq!(reader.reply().await, words);
}

#[tokio::test]
async fn entries_of_a_deleted_consumer_are_delivered_again() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    fill(&mut client, "t", 6).await;
    client.send("XGROUP CREATE t g 0").await;
    let given = ids(&client.send("XREADGROUP GROUP g gone COUNT 4 STREAMS t >").await);
    assert_eq!(given, ["1-0", "2-0", "3-0", "4-0"]);
    assert_eq!(client.send("XACK t g 2-0").await, ":1");

    assert_eq!(client.send("XGROUP DELCONSUMER t g gone").await, ":3");

    assert_eq!(
        drain(&gateway, "t", 5).await.into_iter().collect::<Vec<_>>(),
        ["1-0", "3-0", "4-0", "5-0", "6-0"]
    );
}

#[tokio::test]
async fn a_group_of_several_partitions_begins_at_either_end_or_behind_an_id() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("TOPIC CREATE t PARTITIONS 3").await;
    fill(&mut client, "t", 30).await;

    assert_eq!(client.send("XGROUP CREATE t g $").await, "+OK");
    assert!(drain(&gateway, "t", 0).await.is_empty());
    assert_eq!(client.send("XGROUP SETID t g 0").await, "+OK");
    assert_eq!(drain(&gateway, "t", 30).await.len(), 30);

    let all = client.send("XRANGE t - +").await;
    let all = entry_ids(&all);
    assert_eq!(client.send(&format!("XGROUP SETID t g {}", all[19])).await, "+OK");
    let behind: BTreeSet<_> = all[20..].iter().cloned().collect();
    assert_eq!(drain(&gateway, "t", 10).await, behind, "as XREAD has it");
    assert_eq!(client.send(&format!("XGROUP CREATE t other {}", all[9])).await, "+OK");
    let given = ids(&client.send("XREADGROUP GROUP other c STREAMS t >").await);
    assert_eq!(given.len(), 20);

    let refused = client.send("XGROUP CREATE t:1 h 0").await;
    assert!(refused.error().is_some_and(|text| text.contains("whole topics")), "{refused}");
}

#[tokio::test]
async fn one_group_name_reads_many_topics() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    for topic in ["a", "b", "c"] {
        assert_eq!(client.send(&format!("XGROUP CREATE {topic} g $ MKSTREAM")).await, "+OK");
        let read = format!("XREADGROUP GROUP g c STREAMS {topic} >");
        assert_eq!(client.send(&read).await, "nil");
        client.send(&format!("XADD {topic} * n 1")).await;
        assert_eq!(ids(&client.send(&read).await), ["1-0"], "{topic}");
    }
    let all = client.send("XREADGROUP GROUP g c STREAMS a b c 0 0 0").await;
    assert_eq!(all.items().len(), 3, "{all}");
    assert_eq!(client.send("XACK b g 1-0").await, ":1");
}
