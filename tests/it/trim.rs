//! A topic made shorter, described, and deleted: MAXLEN, MINID, XTRIM, DEL, XINFO STREAM.

use std::fs;

use sluicegate_tests::{Client, gateway};
use toml::{Table, Value};

const TOO_SMALL: &str =
    "-ERR The ID specified in XADD is equal or smaller than the target stream top item";

/// Adds `count` entries to `key`.
async fn fill(client: &mut Client, key: &str, count: usize) {
    for n in 0..count {
        let reply = client.send(&format!("XADD {key} * n {n}")).await;
        assert!(reply.error().is_none(), "{reply}");
    }
}

async fn ids(client: &mut Client, key: &str) -> String {
    let entries = client.send(&format!("XRANGE {key} - +")).await;
    let id = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let ids: Vec<_> = entries.items().iter().map(|entry| id(entry.items()[0].bytes())).collect();
    ids.join(" ")
}

/// What XINFO STREAM says of one field.
async fn info(client: &mut Client, key: &str, field: &str) -> String {
    let fields = client.send(&format!("XINFO STREAM {key}")).await;
    let at =
        fields.items().iter().position(|name| name.to_string().strip_prefix('$') == Some(field));
    let at = at.unwrap_or_else(|| panic!("{field} is missing: {fields}"));
    fields.items()[at + 1].to_string()
}

#[tokio::test]
async fn exact_trimming_keeps_exactly_what_was_asked_for() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    fill(&mut client, "t", 10).await;

    assert_eq!(client.send("XADD t MAXLEN 5 * n 10").await, "$11-0");
    assert_eq!(ids(&mut client, "t").await, "7-0 8-0 9-0 10-0 11-0");
    assert_eq!(client.send("XADD t MINID = 9-0 * n 11").await, "$12-0");
    assert_eq!(ids(&mut client, "t").await, "9-0 10-0 11-0 12-0");
    assert_eq!(client.send("XTRIM t MAXLEN = 3").await, ":1");
    assert_eq!(client.send("XTRIM t MAXLEN 3").await, ":0");
    assert_eq!(client.send("XTRIM t MINID 12").await, ":2");
    assert_eq!(client.send("XLEN t").await, ":1");
    assert_eq!(client.send("XTRIM t MAXLEN 0").await, ":1");
    assert_eq!(client.send("XTRIM nothing MAXLEN 0").await, ":0");
    assert_eq!(client.send("XADD t * n 12").await, "$13-0");
    assert_eq!(ids(&mut client, "t:0").await, "13-0");
}

#[tokio::test]
async fn a_pipeline_of_trimming_writers_ends_where_single_ones_would() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    let lines = vec!["XADD t MAXLEN 3 * n 1"; 200];
    let replies = client.pipeline(&lines).await;

    assert_eq!(replies[199], "$200-0");
    assert_eq!(ids(&mut client, "t").await, "198-0 199-0 200-0");
}

#[tokio::test]
async fn approximate_trimming_drops_whole_files() {
    let gateway = gateway().embedded().set("broker.segment_bytes", 1 << 20).start().await;
    let mut client = gateway.client().await;
    let value = vec![b'x'; 100_000];
    for _ in 0..50 {
        let words = ["XADD", "t", "MAXLEN", "~", "20", "*", "n"].map(str::as_bytes);
        let reply = client.send_args(&[&words[..], &[&value]].concat()).await;
        assert!(reply.error().is_none(), "{reply}");
    }

    let length: usize = client.send("XLEN t").await.to_string()[1..].parse().expect("a number");
    assert!((20..40).contains(&length), "{length}");
    let files = fs::read_dir(gateway.data().join("topics/t/0")).expect("it is there").count();
    assert!(files <= 8, "{files} files are left");
    assert_eq!(client.send("XTRIM t MAXLEN ~ 20").await, ":0");
    assert_eq!(client.send("XTRIM t MINID ~ 9999 LIMIT 1").await, ":0", "less than a file");
}

#[tokio::test]
async fn an_explicit_id_is_the_next_one() {
    let gateway = gateway().embedded().start().await;
    let mut client = gateway.client().await;

    for (line, reply) in [
        ("XADD t 1-0 n 1", "$1-0"),
        ("XADD t 2 n 1", "$2-0"),
        ("XADD t 3-* n 1", "$3-0"),
        ("XADD t 3-0 n 1", TOO_SMALL),
        ("XADD t 1-* n 1", TOO_SMALL),
        ("XADD t 0-0 n 1", "-ERR The ID specified in XADD must be greater than 0-0"),
        ("XADD t * n 1", "$4-0"),
    ] {
        assert_eq!(client.send(line).await, reply, "{line}");
    }
    for line in ["XADD t 9-0 n 1", "XADD t 5-1 n 1"] {
        let refused = client.send(line).await;
        let said = refused
            .error()
            .is_some_and(|text| text.contains("next") || text.contains("one partition"));
        assert!(said, "{line}: {refused}");
    }
    let lines = ["XADD t 5-0 n 1", "XADD t 5-0 n 1", "XADD t * n 1", "XADD t 7-0 n 1"];
    let replies: Vec<_> = client.pipeline(&lines).await.iter().map(ToString::to_string).collect();
    assert_eq!(replies, ["$5-0", TOO_SMALL, "$6-0", "$7-0"]);
    client.send("TOPIC CREATE wide PARTITIONS 2").await;
    let wide = client.send("XADD wide 1-0 n 1").await;
    assert!(wide.error().is_some_and(|text| text.contains("several partitions")), "{wide}");
}

#[tokio::test]
async fn mistakes_are_told_in_redis_own_words() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("XADD t * n 1").await;

    let syntax = "-ERR syntax error";
    let limit = "-ERR syntax error, LIMIT cannot be used without the special ~ option";
    let both = "-ERR syntax error, MAXLEN and MINID options at the same time are not compatible";
    let id = "-ERR Invalid stream ID specified as stream command argument";
    for (line, reply) in [
        ("XADD t MAXLEN ~ 5 MINID 1 * a 1", both),
        ("XADD t MAXLEN 5 LIMIT 3 * a 1", limit),
        ("XADD t MAXLEN ~ 5 LIMIT -3 * a 1", "-ERR The LIMIT argument must be >= 0."),
        ("XADD t MAXLEN -1 * a 1", "-ERR The MAXLEN argument must be >= 0."),
        ("XADD t MAXLEN x * a 1", "-ERR value is not an integer or out of range"),
        ("XADD t MINID x * a 1", id),
        ("XTRIM t", "-ERR wrong number of arguments for 'xtrim' command"),
        ("XTRIM t FOO 1", syntax),
        ("XTRIM t MAXLEN 1 x", syntax),
        ("XTRIM t NOMKSTREAM MAXLEN 1", syntax),
        ("XDEL t x", id),
        ("XSETID t x", id),
        ("XINFO STREAM nothing", "-ERR no such key"),
    ] {
        assert_eq!(client.send(line).await, reply, "{line}");
    }
    assert_eq!(client.send("XLEN t").await, ":1");
}

#[tokio::test]
async fn what_a_log_cannot_do_is_refused_with_the_reason() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("TOPIC CREATE wide PARTITIONS 2").await;
    client.send("XADD t * n 1").await;

    for (line, reason) in [
        ("XDEL t 1-0", "single entries cannot be deleted"),
        ("XDELEX t IDS 1 1-0", "single entries cannot be deleted"),
        ("XACKDEL t g IDS 1 1-0", "single entries cannot be deleted"),
        ("XSETID t 5-0", "ids are places in the log"),
        ("XCFGSET t IDMP-DURATION 5", "idmp_duration_secs"),
        ("XTRIM wide MAXLEN 1", "several partitions"),
        ("XADD wide MAXLEN 1 * n 1", "several partitions"),
    ] {
        let reply = client.send(line).await;
        assert!(reply.error().is_some_and(|text| text.contains(reason)), "{line}: {reply}");
    }
    assert_eq!(client.send("XLEN wide").await, ":0", "nothing was stored");
    assert_eq!(client.send("XADD wide:1 MAXLEN 1 * n 1").await, "$1-1");
    assert_eq!(client.send("XADD wide:1 MAXLEN 1 * n 1").await, "$2-1");
    assert_eq!(ids(&mut client, "wide:1").await, "2-1");
    assert_eq!(client.send("XTRIM wide:1 MAXLEN 0").await, ":1");
}

#[tokio::test]
async fn a_topic_is_deleted_only_where_that_is_allowed() {
    let refusing = gateway().start().await;
    let mut client = refusing.client().await;
    client.send("XADD t * n 1").await;
    assert_eq!(client.send("DEL nothing a:b:c").await, ":0", "there is nothing to refuse");
    let refused = client.send("DEL t").await;
    let said = refused.error().is_some_and(|text| text.contains("topics.delete"));
    assert!(said && client.send("XLEN t").await == ":1", "{refused}");

    let gateway = gateway().set("topics.delete", true).start().await;
    let (mut client, mut reader) = (gateway.client().await, gateway.client().await);
    client.send("XADD t * n 1").await;
    client.send("XADD u * n 1").await;
    assert_eq!(client.send("DEL t t nothing").await, ":1");
    assert_eq!(client.send("UNLINK u").await, ":1");
    assert_eq!(client.send("EXISTS t u").await, ":0");
    assert_eq!(reader.send("XLEN t").await, ":0");
    assert_eq!(client.send("XADD t * n new").await, "$1-0");
    assert_eq!(ids(&mut reader, "t").await, "1-0");
}

#[tokio::test]
async fn a_deleted_topic_stays_deleted_after_a_crash() {
    let mut gateway = gateway().embedded().set("topics.delete", true).start().await;
    let mut client = gateway.client().await;
    fill(&mut client, "t", 5).await;
    fill(&mut client, "u", 5).await;
    assert_eq!(client.send("DEL t").await, ":1");
    assert_eq!(client.send("XTRIM u MAXLEN 2").await, ":3");

    gateway.kill().await;
    gateway.start_again().await;

    let mut client = gateway.client().await;
    assert_eq!(client.send("EXISTS t u").await, ":1");
    assert_eq!(ids(&mut client, "u").await, "4-0 5-0");
    assert_eq!(client.send("XADD t * n 1").await, "$1-0");
}

#[tokio::test]
async fn a_stream_is_described_in_redis_fields() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    fill(&mut client, "t", 5).await;
    client.send("XTRIM t MAXLEN 3").await;

    for (field, value) in [
        ("length", ":3"),
        ("last-generated-id", "$5-0"),
        ("max-deleted-entry-id", "$0-0"),
        ("entries-added", ":5"),
        ("recorded-first-entry-id", "$3-0"),
        ("groups", ":0"),
        ("first-entry", "[$3-0, [$n, $2]]"),
        ("last-entry", "[$5-0, [$n, $4]]"),
    ] {
        assert_eq!(info(&mut client, "t", field).await, value, "{field}");
    }
    let full = client.send("XINFO STREAM t FULL COUNT 2").await;
    assert_eq!(full.items().len(), 18);
    assert_eq!(full.items()[15], "[[$3-0, [$n, $2]], [$4-0, [$n, $3]]]");
    client.send("TOPIC CREATE empty").await;
    assert_eq!(info(&mut client, "empty", "last-generated-id").await, "$0-0");
    assert_eq!(info(&mut client, "empty", "first-entry").await, "nil");
}

#[tokio::test]
async fn approximate_trimming_deletes_at_kafka_only_where_the_settings_say_so() {
    let trims = Table::from_iter([("trim".to_owned(), Value::from("delete-records"))]);
    let gateway = gateway().set("streams.trimmed", trims).start().await;
    let mut client = gateway.client().await;
    let is_kafka = client.send("INFO").await.to_string().contains("broker:kafka");

    for topic in ["trimmed", "kept"] {
        for _ in 0..30 {
            let line = format!("XADD {topic} MAXLEN ~ 10 * n 1");
            client.pipeline(&[line.as_str(); 10]).await;
        }
    }

    assert_eq!(client.send("XLEN kept").await, ":300", "it fits one file");
    let length: u64 = client.send("XLEN trimmed").await.to_string()[1..].parse().expect("a number");
    assert!(if is_kafka { (10..=110).contains(&length) } else { length == 300 }, "{length}");
}

#[tokio::test]
async fn several_partitions_are_described_in_their_order_and_deleted_with_it() {
    let gateway = gateway().set("topics.delete", true).start().await;
    let mut client = gateway.client().await;
    for round in 0..2 {
        client.send("TOPIC CREATE wide PARTITIONS 3").await;
        let lines = ["XADD wide:2 * n 1", "XADD wide:0 * n 2", "XADD wide:0 * n 3"];
        for line in &lines[..=1 + round] {
            client.send(line).await;
            client.send("XRANGE wide - +").await;
        }

        let last = format!("${}-0", 1 + round);
        assert_eq!(info(&mut client, "wide", "last-generated-id").await, last);
        assert_eq!(info(&mut client, "wide", "first-entry").await, "[$1-2, [$n, $1]]");
        assert_eq!(ids(&mut client, "wide").await, ["1-2 1-0", "1-2 1-0 2-0"][round]);
        assert_eq!(client.send("DEL wide").await, ":1");
        assert_eq!(client.send("XLEN wide").await, ":0");
    }
}
