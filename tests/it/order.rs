//! A topic of many partitions is one stream: one cursor, one order, on every gateway.

mod moving; // two gateways, killed again and again

use std::time::{Duration, Instant};

use sluicegate_tests::{Client, Gateway, Reply, client::encode, gateway, process::PATIENCE};

/// Entry as a reader sees it: id and first value.
type Seen = (String, String);

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(reply.bytes()).into_owned()
}

/// Entries of one stream.
fn entries(reply: &Reply) -> Vec<Seen> {
    let entry = |entry: &Reply| (text(&entry.items()[0]), text(&entry.items()[1].items()[1]));
    reply.items().iter().map(entry).collect()
}

/// Entries of an XREAD of one stream; none if it ended in vain.
fn read(reply: &Reply) -> Vec<Seen> {
    assert!(reply.error().is_none(), "{reply}");
    if *reply == "nil" { Vec::new() } else { entries(&reply.items()[0].items()[1]) }
}

/// `TOPIC CREATE`, and what it holds from the beginning.
async fn topic(gateway: &Gateway, partitions: u32, count: usize) -> Vec<Seen> {
    let mut client = gateway.client().await;
    let made = client.send(&format!("TOPIC CREATE wide PARTITIONS {partitions}")).await;
    assert_eq!(made, "+OK");
    add(&mut client, "first", count).await
}

/// Adds entries `NAME-0` and so on; answers what they are.
async fn add(client: &mut Client, name: &str, count: usize) -> Vec<Seen> {
    let mut added = Vec::new();
    for chunk in (0..count).collect::<Vec<_>>().chunks(16) {
        let lines: Vec<_> = chunk.iter().map(|n| format!("XADD wide * n {name}-{n}")).collect();
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        for (n, reply) in chunk.iter().zip(client.pipeline(&lines).await) {
            added.push((text(&reply), format!("{name}-{n}")));
        }
    }
    added
}

fn sorted(mut seen: Vec<Seen>) -> Vec<Seen> {
    seen.sort();
    seen
}

#[tokio::test]
async fn one_cursor_sees_every_entry_exactly_once_while_writers_go_on() {
    for partitions in [1, 3, 16] {
        let gateway = gateway().start().await;
        let mut added = topic(&gateway, partitions, 100).await;
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let address = gateway.address.clone();
                tokio::spawn(async move {
                    let mut client = Client::connect(&address).await.expect("it listens");
                    add(&mut client, &format!("w{writer}"), 500).await
                })
            })
            .collect();

        let mut reader = gateway.client().await;
        let (mut seen, mut cursor) = (Vec::new(), "0".to_owned());
        let began = Instant::now();
        while seen.len() < 1_600 {
            assert!(began.elapsed() < PATIENCE, "{} of 1600 seen", seen.len());
            let count = 1 + seen.len() % 70;
            let command = format!("XREAD COUNT {count} BLOCK 2000 STREAMS wide {cursor}");
            let got = read(&reader.send(&command).await);
            assert!(got.len() <= count);
            cursor = got.last().map_or(cursor, |(id, _)| id.clone());
            seen.extend(got);
        }

        for writer in writers {
            added.extend(writer.await.expect("it ends"));
        }
        assert_eq!(sorted(seen.clone()), sorted(added), "{partitions} partitions");
        let all = entries(&reader.send("XRANGE wide - +").await);
        assert!(all == seen, "XRANGE has another order than XREAD, {partitions} partitions");
        assert_eq!(reader.send(&format!("XREAD STREAMS wide {cursor}")).await, "nil");
    }
}

#[tokio::test]
async fn ranges_follow_the_order_from_either_end_and_survive_a_restart() {
    let mut gateway = gateway().start().await;
    topic(&gateway, 3, 40).await;
    let mut client = gateway.client().await;
    let mut all = entries(&client.send("XRANGE wide - +").await);
    // In steps of their own.
    for n in 0..10 {
        add(&mut client, &format!("later{n}"), 7).await;
        let more = entries(&client.send("XRANGE wide - +").await);
        assert_eq!(more[..all.len()], all[..], "what had its place keeps it");
        all = more;
    }
    assert_eq!(all.len(), 110);

    assert_eq!(gateway.terminate().await.code(), Some(0));
    gateway.start_again().await;
    let mut client = gateway.client().await;
    assert!(entries(&client.send("XRANGE wide - +").await) == all, "the order is the same");
    let mut back = entries(&client.send("XREVRANGE wide + -").await);
    back.reverse();
    assert_eq!(back, all);

    for (from, to) in [(0, 0), (0, 109), (3, 41), (39, 40), (40, 40), (50, 108), (108, 109)] {
        let (low, high) = (&all[from].0, &all[to].0);
        let got = entries(&client.send(&format!("XRANGE wide {low} {high}")).await);
        assert_eq!(got, all[from..=to], "{low} {high}");
        let got = entries(&client.send(&format!("XRANGE wide ({low} {high} COUNT 5")).await);
        assert_eq!(got, all[from + 1..=to.max(from)][..(to - from).min(5)], "({low} {high}");
        let mut got = entries(&client.send(&format!("XREVRANGE wide {high} ({low}")).await);
        got.reverse();
        assert_eq!(got, all[from + 1..=to], "({low} {high}");
        let got = entries(&client.send(&format!("XREVRANGE wide {high} {low} COUNT 1")).await);
        assert_eq!(got, all[to..=to]);
        let got = entries(&client.send(&format!("XRANGE wide {high} ({low}")).await);
        assert_eq!(got, [], "{high} ({low}");
        let got = read(&client.send(&format!("XREAD STREAMS wide {low}")).await);
        assert_eq!(got, all[from + 1..], "behind {low}");
    }
    assert_eq!(client.send("XLEN wide").await, ":110");
    assert_eq!(read(&client.send("XREAD STREAMS wide +").await), all[109..]);
}

#[tokio::test]
async fn readers_that_wait_get_what_comes_to_any_partition() {
    let gateway = gateway().start().await;
    topic(&gateway, 3, 10).await;
    let mut readers = Vec::new();
    for _ in 0..20 {
        let mut reader = gateway.client().await;
        let command = encode(&["XREAD", "BLOCK", "20000", "STREAMS", "wide", "none", "$", "0"]);
        reader.write(&command).await.expect("it is open");
        readers.push(reader);
    }
    assert!(readers[0].is_silent_for(Duration::from_millis(300)).await, "$ is only what is new");
    let mut writer = gateway.client().await;
    for partition in [2, 0, 1] {
        let published = Instant::now();
        let id = text(&writer.send(&format!("XADD wide:{partition} * n here")).await);

        for reader in &mut readers {
            let reply = reader.reply().await;
            assert_eq!(reply, format!("[[$wide, [[${id}, [$n, $here]]]]]"));
            let command = encode(&["XREAD", "BLOCK", "20000", "STREAMS", "wide", &id]);
            reader.write(&command).await.expect("it is open");
        }
        let waited = published.elapsed();
        assert!(waited < Duration::from_secs(5), "delivered after {waited:?}");
    }
}

#[tokio::test]
async fn ids_without_a_record_have_a_place_too() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("TOPIC CREATE wide PARTITIONS 2").await;
    assert_eq!(client.send("XRANGE wide - +").await, "[]");
    assert_eq!(client.send("XREVRANGE wide + -").await, "[]");
    assert_eq!(client.send("XREAD STREAMS wide 0").await, "nil");
    assert_eq!(client.send("XREAD STREAMS wide 7-1").await, "nil");
    for line in ["XADD wide:0 * n 1", "XADD wide:1 * n 2", "XADD wide:1 * n 3"] {
        client.send(line).await;
    }

    let all = "[[$1-0, [$n, $1]], [$1-1, [$n, $2]], [$2-1, [$n, $3]]]";
    for range in ["- +", "0 +", "0-0 9-1", "- 9", "1-0 2", "0-1 2-1", "- 99-99"] {
        assert_eq!(client.send(&format!("XRANGE wide {range}")).await, all, "{range}");
    }
    for range in ["9-1 +", "- 0", "(2-1 +", "9-0 9-0"] {
        assert_eq!(client.send(&format!("XRANGE wide {range}")).await, "[]", "{range}");
    }
    assert_eq!(client.send("XREAD STREAMS wide 7-1").await, "nil");
    let none = client.send("XREAD STREAMS wide 1-7").await;
    assert_eq!(none, "-ERR topic `wide` has no partition 7, it has 2");
    let shown = client.send("SCAN 0 COUNT 100").await.to_string();
    assert!(shown.contains("wide") && !shown.contains("__sluicegate"), "{shown}");
}

#[tokio::test]
async fn a_name_without_room_for_an_order_is_refused_in_words() {
    let gateway = gateway().embedded().start().await;
    let mut client = gateway.client().await;
    let name = "x".repeat(240);
    assert_eq!(client.send(&format!("TOPIC CREATE {name} PARTITIONS 2")).await, "+OK");

    let refused = client.send(&format!("XREAD STREAMS {name} 0")).await;

    let said = refused.error().is_some_and(|text| text.contains(&format!("`{name}:0`")));
    assert!(said, "{refused}");
}

#[tokio::test]
async fn a_topic_that_was_deleted_and_made_again_has_a_new_order() {
    let gateway = gateway().embedded().set("topics.delete", true).start().await;
    topic(&gateway, 3, 60).await;
    let mut client = gateway.client().await;
    assert_eq!(entries(&client.send("XRANGE wide - +").await).len(), 60);

    assert_eq!(client.send("DEL wide").await, ":1");
    let added = topic(&gateway, 3, 7).await;

    assert_eq!(sorted(entries(&client.send("XRANGE wide - +").await)), sorted(added));
}
