//! A topic as a Redis stream: XADD, XLEN, XRANGE, XREAD.

use std::time::{Duration, Instant};

use sluicegate_tests::gateway;

#[tokio::test]
async fn what_is_added_is_read_back_in_order() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    assert_eq!(client.send("XADD orders * a 1 b 2").await, "$1-0");
    assert_eq!(client.send("XADD orders * b 2 a 1 a 1").await, "$2-0");
    assert_eq!(client.send("XADD orders * value bare").await, "$3-0");

    assert_eq!(client.send("XLEN orders").await, ":3");
    let all =
        "[[$1-0, [$a, $1, $b, $2]], [$2-0, [$b, $2, $a, $1, $a, $1]], [$3-0, [$value, $bare]]]";
    assert_eq!(client.send("XRANGE orders - +").await, all);
    assert_eq!(client.send("XREAD STREAMS orders 0").await, format!("[[$orders, {all}]]"));
    assert_eq!(client.send("XREAD STREAMS orders 0-0").await, format!("[[$orders, {all}]]"));
}

#[tokio::test]
async fn any_bytes_come_back_as_they_were() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    let every_byte: Vec<u8> = (0..=255).collect();
    let empty = Vec::new();

    for (name, value) in [
        (&b"value"[..], &every_byte),
        (&every_byte, &every_byte),
        (b"", &empty),
        (b"value", &empty),
    ] {
        client.send_args(&[b"XADD", &b"bytes"[..], b"*", name, value]).await;
        let entry = client.send("XRANGE bytes - +").await;
        let last = entry.items().last().expect("one was added").items()[1].items().to_vec();
        assert_eq!((last[0].bytes(), last[1].bytes()), (name, value.as_slice()));
    }
}

#[tokio::test]
async fn ranges_have_ends_counts_and_exclusive_bounds() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    for _ in 0..5 {
        client.send("XADD t * n 1").await;
    }

    for (range, ids) in [
        ("XRANGE t 2-0 4-0", "2-0 3-0 4-0"),
        ("XRANGE t (2-0 4-0", "3-0 4-0"),
        ("XRANGE t 2-0 (4-0", "2-0 3-0"),
        ("XRANGE t 2 3", "2-0 3-0"),
        ("XRANGE t - + COUNT 2", "1-0 2-0"),
        ("XRANGE t 4-0 2-0", ""),
        ("XRANGE t 9-0 +", ""),
        ("XRANGE nothing - +", ""),
        ("XRANGE t - + COUNT 0", ""),
    ] {
        let reply = client.send(range).await;
        // Redis answers COUNT 0 with null.
        let entries = if reply == "nil" { Vec::new() } else { reply.items().to_vec() };
        let found: Vec<_> = entries
            .iter()
            .map(|entry| String::from_utf8_lossy(entry.items()[0].bytes()).into_owned())
            .collect();
        assert_eq!(found.join(" "), ids, "{range}");
    }
}

#[tokio::test]
async fn a_waiting_reader_gets_a_new_entry_at_once() {
    let gateway = gateway().start().await;
    let (mut reader, mut writer) = (gateway.client().await, gateway.client().await);
    writer.send("XADD t * n old").await;
    let read = sluicegate_tests::client::encode(&["XREAD", "BLOCK", "20000", "STREAMS", "t", "$"]);
    reader.write(&read).await.expect("it is open");
    assert!(reader.is_silent_for(Duration::from_millis(300)).await, "$ is only what is new");

    let published = Instant::now();
    writer.send("XADD t * n new").await;

    assert_eq!(reader.reply().await, "[[$t, [[$2-0, [$n, $new]]]]]");
    let waited = published.elapsed();
    assert!(waited < Duration::from_secs(1), "delivered after {waited:?}");
}

#[tokio::test]
async fn a_reader_that_waits_in_vain_gets_null() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("XADD t * n 1").await;

    let began = Instant::now();
    client.write(b"XREAD BLOCK 200 STREAMS t $\r\n").await.expect("it is open");
    assert_eq!(client.raw(5).await, "*-1\r\n");
    assert!(began.elapsed() >= Duration::from_millis(200));
    client.send("HELLO 3").await;
    client.write(b"XREAD BLOCK 20 STREAMS t $\r\n").await.expect("it is open");
    assert_eq!(client.raw(3).await, "_\r\n");
    assert_eq!(client.send("XREAD STREAMS t 0").await, "{$t: [[$1-0, [$n, $1]]]}");
}

#[tokio::test]
async fn several_topics_are_read_together() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    for line in ["XADD a * n 1", "XADD a * n 2", "XADD b * n 3", "XADD c * n 4"] {
        client.send(line).await;
    }

    let reply = client.send("XREAD COUNT 1 STREAMS a b c 1-0 0 1-0").await;

    assert_eq!(reply, "[[$a, [[$2-0, [$n, $2]]]], [$b, [[$1-0, [$n, $3]]]]]");
    assert_eq!(client.send("XREAD STREAMS a nothing 2-0 0").await, "nil");
}

#[tokio::test]
async fn errors_are_in_redis_own_words() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("XADD t * n 1").await;

    for (command, error) in [
        ("XADD t", "-ERR wrong number of arguments for 'xadd' command"),
        ("XADD t * n", "-ERR wrong number of arguments for 'xadd' command"),
        ("XADD t nonsense n 1", "-ERR Invalid stream ID specified as stream command argument"),
        ("XRANGE t nonsense +", "-ERR Invalid stream ID specified as stream command argument"),
        ("XRANGE t - + COUNT x", "-ERR value is not an integer or out of range"),
        ("XRANGE t - + NONSENSE", "-ERR syntax error"),
        ("XREAD STREAMS t nonsense", "-ERR Invalid stream ID specified as stream command argument"),
        (
            "XREAD STREAMS t u 0",
            "-ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be specified.",
        ),
        ("XREAD BLOCK x STREAMS t 0", "-ERR timeout is not an integer or out of range"),
        ("XREAD BLOCK -1 STREAMS t 0", "-ERR timeout is negative"),
        ("XLEN", "-ERR wrong number of arguments for 'xlen' command"),
    ] {
        assert_eq!(client.send(command).await, error, "{command}");
    }
    let explicit = client.send("XADD t 1-0 n 1").await;
    assert!(explicit.error().is_some(), "{explicit}");
    assert_eq!(client.send("XLEN t").await, ":1", "nothing of it was stored");
}

#[tokio::test]
async fn topics_are_made_once_and_listed() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    assert_eq!(client.send("TOPIC CREATE one").await, "+OK");
    assert_eq!(client.send("TOPIC CREATE three PARTITIONS 3").await, "+OK");
    let again = client.send("TOPIC CREATE one").await;
    assert!(again.error().is_some_and(|text| text.contains("already exists")), "{again}");
    let bad = client.send("TOPIC CREATE a:b").await;
    assert!(bad.error().is_some_and(|text| text.contains("invalid topic name")), "{bad}");
    let none = client.send("TOPIC CREATE none PARTITIONS 0").await;
    assert!(none.error().is_some(), "{none}");

    let listed = client.send("TOPIC LIST").await.to_string();
    assert!(
        listed.contains("one") && listed.contains("three") && listed.contains(":3"),
        "{listed}"
    );
}

#[tokio::test]
async fn who_does_not_wait_gets_all_that_was_acknowledged() {
    let gateway = gateway().start().await;
    let mut writer = gateway.client().await;
    let mut reader = gateway.client().await;

    for (topic, partitions) in [("one", 1), ("three", 3)] {
        writer.send(&format!("TOPIC CREATE {topic} PARTITIONS {partitions}")).await;
        let mut cursor = "0".to_owned();
        for round in 0..20 {
            for _ in 0..10 {
                writer.send(&format!("XADD {topic} * n {round}")).await;
            }

            let read = reader.send(&format!("XREAD COUNT 100 STREAMS {topic} {cursor}")).await;
            let entries = read.items()[0].items()[1].items();
            assert_eq!(entries.len(), 10, "{topic} in round {round}: {read}");
            let last = entries.last().expect("there are ten");
            cursor = String::from_utf8_lossy(last.items()[0].bytes()).into_owned();
        }
    }
}
