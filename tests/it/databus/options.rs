//! What a DSN's options, a colour and the form of MGET change.

use std::time::{Duration, Instant, UNIX_EPOCH};

use sluicegate_tests::Client;

use super::{DSN, databus, drain, fields, make_topic};

#[tokio::test]
async fn offset_says_where_a_new_group_begins() {
    let rows: String = ["oldest", "newest", "number", "past", "time"]
        .map(|group| {
            format!(
                "[[settings.apps]]\ngroup = \"{group}\"\ntopic = \"orders\"\noperation = \"sub\"\n\
                 key = \"k\"\nsecret = \"s\"\n"
            )
        })
        .concat();
    let gateway = databus().plugin("auth-static", &(super::ROWS.to_owned() + &rows)).start().await;
    make_topic(&gateway, "orders", 1).await;
    let mut writer = gateway.client_as(DSN).await;
    let mut before_third = 0;
    for number in 0..4 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if number == 2 {
            before_third = now_ms();
        }
        assert_eq!(writer.send(&format!("SET key {number}")).await, "+OK");
    }

    for (group, offset, wanted) in [
        ("oldest", "oldest".to_owned(), vec![0, 1, 2, 3]),
        ("newest", "newest".to_owned(), vec![]),
        ("number", "1".to_owned(), vec![1, 2, 3]),
        ("past", "99".to_owned(), vec![]),
        ("time", format!("ts:{before_third}"), vec![2, 3]),
    ] {
        let dsn = format!("k:s@{group}/topic=orders&role=sub&block=1500&offset={offset}");
        let shown = values(&mut gateway.client_as(&dsn).await).await;
        assert_eq!(shown, wanted, "offset={offset}");
    }
}

#[tokio::test]
async fn block_and_batch_bound_an_mget() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 1).await;
    let dsn = DSN.replace("block=300", "block=1500&batch=3&offset=oldest");
    let mut client = gateway.client_as(&dsn).await;
    for number in 0..7 {
        assert_eq!(client.send(&format!("SET key {number}")).await, "+OK");
    }

    for wanted in [3, 3, 1] {
        assert_eq!(client.send("MGET").await.items().len(), wanted);
    }
    let began = Instant::now();
    assert_eq!(client.send("MGET").await, "[]");
    let waited = began.elapsed().as_millis();
    assert!((1500..3000).contains(&waited), "{waited} ms");
}

#[tokio::test]
async fn anything_but_pb_is_json_and_null_stays_null() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 1).await;
    let mut client = gateway.client_as(&DSN.replace("300", "1500&batch=1&offset=oldest")).await;
    for _ in 0..6 {
        assert_eq!(client.send("SET key null").await, "+OK");
    }

    for mget in ["MGET", "MGET json", "MGET ''", "MGET PB", "MGET nonsense"] {
        let batch = client.send(mget).await;
        let json = String::from_utf8_lossy(batch.items()[0].bytes()).into_owned();
        assert!(json.starts_with(r#"{"key":"key","value":null,"#), "{mget}: {json}");
    }
    let message = client.send("MGET pb").await;
    assert!(message.items()[0].bytes().starts_with(b"\x0a\x03key\x12\x04null"), "{message}");
}

#[tokio::test]
async fn a_value_one_byte_too_large_is_refused_by_its_limit() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 1).await;
    let mut client = gateway.client_as(&format!("{DSN}&offset=oldest")).await;

    let largest = "1".repeat(1_000_000);
    assert_eq!(client.send_args(&["SET", "key", &largest]).await, "+OK");
    for command in [vec!["SET", "key"], vec!["HSET", "key", ""]] {
        let over = largest.clone() + "1";
        let refused = client.send_args(&[&command[..], &[over.as_str()]].concat()).await;
        assert!(refused.error().is_some_and(|text| text.contains("1000000")), "{refused}");
    }
    assert_eq!(client.send("SET key 2").await, "+OK");
}

#[tokio::test]
async fn every_record_says_its_colour_and_one_without_reaches_all() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 1).await;
    let dsn = DSN.replace("300", "1500&offset=oldest");
    let (mut plain, mut red) =
        (gateway.client_as(&dsn).await, gateway.client_as(&format!("{dsn}&color=red")).await);
    assert_eq!(plain.send("SET key 1").await, "+OK");
    assert_eq!(
        red.send_args(&[b"HSET", &b"key"[..], b"\x0a\x06\x0a\x01a\x12\x01b", b"2"]).await,
        "+OK"
    );
    let mut admin = gateway.client().await;
    assert_eq!(admin.send("AUTH admin admin").await, "+OK");
    assert_eq!(admin.send("XADD orders * value 3").await.error(), None);

    let shown = admin.send("XRANGE orders - +").await;
    let entry = |index: usize| shown.items()[index].to_string();
    assert!(entry(0).contains("header:color, $]") && !entry(0).contains("metadata"), "{shown}");
    assert!(entry(1).contains("header:color, $red"), "{shown}");
    assert!(entry(1).contains("header:metadata, $"), "{shown}");
    assert!(!entry(2).contains("header:"), "{shown}");
    assert_eq!(values(&mut plain).await, [1, 3]);
    assert_eq!(values(&mut red).await, [2, 3]);

    // Each colour is a group of its own: a commit of the one moves nothing of the other.
    assert_eq!(red.send("SET 0 2 COMMIT").await, "+OK");
    drop((plain, red));
    assert_eq!(values(&mut gateway.client_as(&dsn).await).await, [1, 3]);
    let mut red = gateway.client_as(&format!("{dsn}&color=red")).await;
    assert_eq!(values(&mut red).await, Vec::<i64>::new());
}

async fn values(client: &mut Client) -> Vec<i64> {
    let messages = drain(client, "MGET").await;
    let value = |json: &Vec<u8>| fields(json)["value"].as_i64().expect("values are numbers");
    messages.iter().map(value).collect()
}

/// Unix milliseconds.
fn now_ms() -> u128 {
    UNIX_EPOCH.elapsed().expect("it is past 1970").as_millis()
}
