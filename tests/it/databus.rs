//! The databus dialect: SET, HSET and MGET on a bound topic, byte for byte.

mod members; // who gets which message
mod options; // what a DSN and its colour change

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sluicegate_tests::{Client, Gateway, Reply, gateway};

/// Who may do what: group `g` everything on `orders` and `test156`, group `readers` only consume.
pub(crate) const ROWS: &str = r#"
[[settings.users]]
name = "admin"
secret = "admin"
publish = ["*"]
consume = ["*"]
admin = true

[[settings.apps]]
group = "g"
topic = "orders"
operation = "pubsub"
key = "k"
secret = "s"

[[settings.apps]]
group = "t"
topic = "test156"
operation = "pubsub"
key = "k"
secret = "s"

[[settings.apps]]
group = "readers"
topic = "orders"
operation = "sub"
key = "k"
secret = "s"
"#;

/// Publishes to and consumes from `orders` as group `g`; an MGET waits for 300 ms.
pub(crate) const DSN: &str = "k:s@g/topic=orders&role=pubsub&block=300";

/// The fixtures' value: `"xx"` with its quotes.
const VALUE: &[u8] = b"\"xx\"";

#[tokio::test]
async fn mget_shows_the_fixtures_byte_for_byte() {
    let hash = "topics = [\"test156\"]\n[settings]\nformula = \"fnv1a\"";
    let gateway = databus().plugin("partition-hash", hash).start().await;
    make_topic(&gateway, "test156", 2).await;
    let dsn = "k:s@t/topic=test156&role=pubsub&block=1500&offset=oldest";
    let mut client = gateway.client_as(dsn).await;

    for _ in 0..6 {
        assert_eq!(client.send_args(&[b"SET", &b"x"[..], VALUE]).await, "+OK");
    }
    let json = last(&drain(&mut client, "MGET").await);
    client.send("SET 1 4 COMMIT").await;
    drop(client);
    let mut second = gateway.client_as(dsn).await;
    let pb = last(&drain(&mut second, "MGET pb").await);

    let (json, timestamp) = without_json_timestamp(&json);
    assert_eq!(
        json,
        r#"{"key":"x","value":"xx","topic":"test156","partition":1,"offset":5,"timestamp":0,"metadata":null}"#
    );
    assert_is_now(timestamp);
    let wanted = "0a01781204227878221a0774657374313536200128053093bfa5f005";
    assert_eq!(with_fixture_timestamp(&pb), wanted);
}

#[tokio::test]
async fn mget_shows_metadata_and_leaves_zero_fields_out() {
    let gateway = databus().start().await;
    make_topic(&gateway, "test156", 1).await;
    let dsn = "k:s@t/topic=test156&role=pubsub&block=300&offset=oldest";
    let mut client = gateway.client_as(dsn).await;

    let header = b"\x0a\x06\x0a\x01a\x12\x01b";
    assert_eq!(client.send_args(&[b"HSET", &b"x"[..], header, VALUE]).await, "+OK");
    assert_eq!(client.send_args(&[b"SET", &b"x"[..], VALUE]).await, "+OK");

    let both = client.send("MGET pb").await;
    let wanted = "0a01781204227878221a07746573743135363093bfa5f0053a060a0161120162";
    assert_eq!(with_fixture_timestamp(both.items()[0].bytes()), wanted);
    let without = "0a01781204227878221a077465737431353628013093bfa5f005";
    assert_eq!(with_fixture_timestamp(both.items()[1].bytes()), without, "metadata never spreads");
}

#[tokio::test]
async fn what_is_committed_is_not_shown_again() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 1).await;
    let dsn = format!("{DSN}&offset=oldest&block=1500");
    let mut client = gateway.client_as(&dsn).await;
    for n in 0..3 {
        assert_eq!(client.send(&format!("SET key {n}")).await, "+OK");
    }

    assert_eq!(client.send("MGET").await.items().len(), 3);
    assert_eq!(client.send("SET 0 1 COMMIT").await, "+OK");
    assert_eq!(client.send("SET 0 0 COMMIT").await, "+OK", "a lower one is ignored");
    for refused in ["SET 0 -1 COMMIT", "SET 0 99 COMMIT", "SET 7 0 COMMIT"] {
        let reply = client.send(refused).await;
        assert!(reply.error().is_some(), "{refused}: {reply}");
    }
    assert_eq!(client.send("QUIT").await, "+OK");

    let mut next = gateway.client_as(&dsn).await;
    let left = drain(&mut next, "MGET").await;
    assert_eq!(left.len(), 1, "offset 1 is processed, so offset 2 comes next");
    assert!(String::from_utf8_lossy(&left[0]).contains(r#""offset":2"#));
}

#[tokio::test]
async fn a_waiting_mget_is_answered_at_once_and_in_vain_with_an_empty_array() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 1).await;
    let mut reader = gateway.client_as(&DSN.replace("block=300", "block=5000")).await;
    let mut writer = gateway.client_as(DSN).await;
    let mut idle = gateway.client_as("k:s@readers/topic=orders&role=sub&block=200").await;

    let began = Instant::now();
    idle.write(b"MGET\r\n").await.expect("it is open");
    assert_eq!(idle.raw(4).await, "*0\r\n");
    assert!(began.elapsed() >= Duration::from_millis(200));
    reader.write(b"MGET\r\n").await.expect("it is open");
    assert!(reader.is_silent_for(Duration::from_millis(300)).await);
    let published = Instant::now();
    assert_eq!(writer.send("SET key 1").await, "+OK");
    assert_eq!(reader.reply().await.items().len(), 1);
    assert!(published.elapsed() < Duration::from_secs(1), "after {:?}", published.elapsed());
}

#[tokio::test]
async fn a_value_that_is_not_json_never_costs_its_neighbours() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 1).await;
    let mut client = gateway.client_as(&format!("{DSN}&offset=oldest")).await;
    for value in [&b"{\"good\":1}"[..], b"not json", b"\xff\xfe", b"[2]"] {
        assert_eq!(client.send_args(&[b"SET", &b"k"[..], value]).await, "+OK");
    }

    let values: Vec<_> = drain(&mut client, "MGET").await.iter().map(|json| fields(json)).collect();

    assert_eq!(values[0]["value"].to_string(), r#"{"good":1}"#);
    assert_eq!(values[1]["value"], "not json");
    assert_eq!(
        (&values[2]["value"], &values[2]["metadata"]["encoding"]),
        (&"//4=".into(), &"base64".into())
    );
    assert_eq!(values[3]["value"].to_string(), "[2]");
}

#[tokio::test]
async fn colours_keep_apart() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 1).await;
    let mut red = gateway.client_as(&format!("{DSN}&offset=oldest&color=red")).await;
    let mut plain = gateway.client_as(&format!("{DSN}&offset=oldest")).await;

    assert_eq!(red.send("SET key 1").await, "+OK");
    assert_eq!(plain.send("SET key 2").await, "+OK");

    let red: Vec<_> =
        drain(&mut red, "MGET").await.iter().map(|json| fields(json)["value"].clone()).collect();
    let plain: Vec<_> =
        drain(&mut plain, "MGET").await.iter().map(|json| fields(json)["value"].clone()).collect();
    assert_eq!((red, plain), (vec![1.into()], vec![2.into()]));
}

#[tokio::test]
async fn wrong_credentials_of_any_kind_get_one_answer() {
    let gateway = databus().start().await;
    let mut client = gateway.client().await;
    let mut answers = Vec::new();
    for wrong in ["k:s@nobody/", "x:s@g/", "k:x@g/"] {
        answers.push(client.send(&format!("AUTH {wrong}topic=orders&role=pub")).await.to_string());
    }

    assert!(answers[0].starts_with("-WRONGPASS auth failed"), "{answers:?}");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert!(!gateway.log().contains("k:x@g"), "no credentials in the log");
}

#[tokio::test]
async fn errors_keep_the_words_clients_match_on() {
    let gateway = databus().set("limits.value_bytes_max", 100).start().await;
    make_topic(&gateway, "orders", 1).await;
    let mut client = gateway.client().await;
    for (command, words) in [
        ("AUTH a:b/@", "-ERR auth info error"),
        ("AUTH k:s@readers/topic=orders&role=pub", "-NOPERM no publish permission"),
        ("AUTH k:s@g/topic=orders&role=pub", "+OK"),
        ("SET key", "pub params error"),
        ("SET key 1 EX 5", "pub params error"),
        ("HSET key header", "pub params error"),
        ("MGET", "-NOPERM"),
        ("AUTH k:s@g/topic=orders&role=sub", "+OK"),
        ("SET 0", "commit offset params error"),
        ("SET zero 0", "commit offset params error"),
        ("HSET a b c", "-NOPERM"),
        ("PING", "+PONG"),
    ] {
        let reply = client.send(command).await.to_string();
        assert!(reply.contains(words), "{command}: {reply}");
    }
    let mut publisher = gateway.client_as(DSN).await;
    let big = publisher.send_args(&["SET", "key", &"1".repeat(101)]).await;
    assert!(big.error().is_some_and(|text| text.contains("100")), "{big}");
    assert_eq!(publisher.send("SET key 1").await, "+OK");
}

#[tokio::test]
async fn a_second_auth_switches_topic_and_role() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 1).await;
    make_topic(&gateway, "test156", 1).await;
    let mut client = gateway.client_as(DSN).await;
    assert_eq!(client.send("SET key 1").await, "+OK");

    assert_eq!(
        client.send("AUTH default k:s@t/topic=test156&role=pubsub&offset=oldest&block=300").await,
        "+OK"
    );
    assert_eq!(client.send("SET key 2").await, "+OK");

    let shown: Vec<_> = drain(&mut client, "MGET").await.iter().map(|json| fields(json)).collect();
    assert_eq!(shown.len(), 1);
    assert_eq!((&shown[0]["topic"], &shown[0]["value"]), (&"test156".into(), &2.into()));
}

/// A gateway that knows [`ROWS`].
pub(crate) fn databus() -> sluicegate_tests::gateway::Builder {
    gateway().plugin("auth-static", ROWS)
}

pub(crate) async fn make_topic(gateway: &Gateway, topic: &str, partitions: u32) {
    let mut admin = gateway.client().await;
    assert_eq!(admin.send("AUTH admin admin").await, "+OK");
    let create = format!("TOPIC CREATE {topic} PARTITIONS {partitions}");
    assert_eq!(admin.send(&create).await, "+OK");
}

/// Repeats an MGET until nothing comes any more.
pub(crate) async fn drain(client: &mut Client, mget: &str) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let batch = client.send(mget).await;
        if batch.items().is_empty() {
            return all;
        }
        all.extend(batch.items().iter().map(Reply::bytes).map(<[u8]>::to_vec));
    }
}

fn last(messages: &[Vec<u8>]) -> Vec<u8> {
    messages.last().expect("something was published").clone()
}

pub(crate) fn fields(json: &[u8]) -> serde_json::Value {
    serde_json::from_slice(json).expect("MGET shows JSON")
}

/// The JSON with its timestamp replaced by 0, and the timestamp.
fn without_json_timestamp(json: &[u8]) -> (String, u64) {
    let json = String::from_utf8(json.to_vec()).expect("JSON is text");
    let timestamp = fields(json.as_bytes())["timestamp"].as_u64().expect("it is a number");
    (json.replace(&timestamp.to_string(), "0"), timestamp)
}

/// The protobuf message as hex, with the fixture's timestamp in place of its own.
fn with_fixture_timestamp(message: &[u8]) -> String {
    let topic_end =
        message.windows(7).position(|w| w == b"test156").expect("it names its topic") + 7;
    let tag =
        message[topic_end..].iter().position(|byte| *byte == 0x30).expect("it has a timestamp");
    let start = topic_end + tag + 1;
    let mut message = message.to_vec();
    let varint =
        message[start..start + 5].iter().rev().fold(0, |n, byte| n << 7 | u64::from(byte & 0x7f));
    assert_is_now(varint);
    message.splice(start..start + 5, *b"\x93\xbf\xa5\xf0\x05");
    hex(&message)
}

fn hex(bytes: &[u8]) -> String {
    let digit = |byte: u8| char::from(b"0123456789abcdef"[usize::from(byte)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn assert_is_now(timestamp: u64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is past 1970").as_secs();
    assert!(now.abs_diff(timestamp) < 60, "{timestamp} is not now ({now})");
}
