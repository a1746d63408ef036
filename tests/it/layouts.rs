//! How entries lie in records: the layouts `fields`, `json` and `value`, by topic.

use std::{
    collections::{HashMap, HashSet},
    fs,
};

use sluicegate_tests::gateway;
use toml::{Table, Value};

/// The settings of one pattern.
fn stream(toml: &str) -> Value {
    Value::Table(toml.parse::<Table>().expect("it is TOML"))
}

#[tokio::test]
async fn what_is_added_comes_back_in_every_layout() {
    let gateway = gateway()
        .set("streams.json-*", stream("layout = 'json'\nkey_field = 'id'"))
        .set("streams.value-*", stream("layout = 'value'\nvalue_field = 'body'"))
        .set("streams.keyed", stream("key_field = 'id'"))
        .start()
        .await;
    let mut client = gateway.client().await;

    for topic in ["json-a", "value-a", "keyed", "plain"] {
        for fields in ["id 7 body x", "body x", "b 2 body ä a 1", "body {\"a\":\"1\"}"] {
            let added = client.send(&format!("XADD {topic} * {fields}")).await;
            assert!(added.error().is_none(), "{topic} {fields}: {added}");
            let words: Vec<_> = fields.split(' ').map(|word| format!("${word}")).collect();
            let entry = format!("[[{added}, [{}]]]", words.join(", "));
            let id = &added.to_string()[1..];
            let read = client.send(&format!("XRANGE {topic} {id} {id}")).await;
            assert_eq!(read.to_string(), entry, "{topic}");
        }
    }
}

#[tokio::test]
async fn what_a_layout_cannot_hold_is_refused() {
    let gateway = gateway()
        .set("streams.j", stream("layout = 'json'"))
        .set("streams.v", stream("layout = 'value'"))
        .start()
        .await;
    let mut client = gateway.client().await;

    for (args, reason) in [
        ([&b"XADD"[..], b"j", b"*", b"a", b"\xff"].as_slice(), "UTF-8"),
        (&[b"XADD", b"j", b"*", b"a", b"1", b"a", b"2"], "twice"),
        (&[b"XADD", b"v", b"*", b"a", b"1"], "needs the field `value`"),
        (&[b"XADD", b"v", b"*", b"value", b"1", b"\xff", b"2"], "UTF-8"),
    ] {
        let reply = client.send_args(args).await;
        assert!(reply.error().is_some_and(|text| text.contains(reason)), "{reply}");
    }
    assert_eq!(client.send("XLEN j").await, ":0");
    assert_eq!(client.send("XLEN v").await, ":0");
}

#[tokio::test]
async fn a_field_chooses_the_partition() {
    let gateway = gateway()
        .set("topics.partitions", 16)
        .set("streams.t", stream("key_field = 'user'"))
        .start()
        .await;
    let mut client = gateway.client().await;

    let mut partitions: HashMap<usize, Vec<String>> = HashMap::new();
    for n in 0..40 {
        let added = client.send(&format!("XADD t * n {n} user u{}", n % 8)).await.to_string();
        let partition = added.split_once('-').expect("it is an id").1.to_owned();
        partitions.entry(n % 8).or_default().push(partition);
    }

    let together = |all: &Vec<String>| all.iter().all(|partition| *partition == all[0]);
    assert!(partitions.values().all(together), "{partitions:?}");
    let different: HashSet<_> = partitions.values().map(|all| &all[0]).collect();
    assert!(different.len() > 1, "{partitions:?}");
}

#[tokio::test]
async fn entries_from_before_a_change_of_layout_stay_readable() {
    let mut gateway = gateway().embedded().start().await;
    let mut client = gateway.client().await;
    client.send("XADD t * a 1 b 2").await;
    client.send("XADD t * value bare").await;
    gateway.terminate().await;
    let data = gateway.data();
    let config = data.parent().expect("it lies in the gateway's folder").join("gateway.toml");
    let text = fs::read_to_string(&config).expect("it is there");
    fs::write(&config, text + "\n[streams.t]\nlayout = 'json'\n").expect("it can be written");

    gateway.start_again().await;

    let mut client = gateway.client().await;
    client.send("XADD t * c 3").await;
    let all = "[[$1-0, [$a, $1, $b, $2]], [$2-0, [$value, $bare]], [$3-0, [$c, $3]]]";
    assert_eq!(client.send("XRANGE t - +").await, all);
}
