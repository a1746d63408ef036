//! The databus dialect over HTTP: the same logins, filters and receipts as over Redis.

mod limits;
mod refusals;

use sluicegate_tests::{Gateway, gateway::Builder, http::HttpClient, missing};
use tokio::process::Command;

use crate::databus::{DSN, databus, drain, fields, make_topic};

/// Publishes to `orders` as group `g`.
const PUB: &str = "POST /databus/pub?topic=orders&group=g";
/// Key and secret of group `g`.
const LOGIN: &str = "k:s";
/// One record.
const ONE: &str = r#"{"records":[{"key":"x","value":1}]}"#;

#[tokio::test]
async fn what_is_published_over_http_is_what_set_publishes() {
    let gateway = http().start().await;
    make_topic(&gateway, "orders", 1).await;
    let value = r#"{"a" : [1.50, "é\u00e9"]}"#;
    let body = format!(r#"{{"records":[{{"key":"x","value": {value} }},{{"value":null}}]}}"#);

    let answer = gateway.http().await.send(PUB, LOGIN, &body).await;
    let mut client = gateway.client_as(&format!("{DSN}&offset=oldest")).await;
    assert_eq!(client.send_args(&["SET", "x", value]).await, "+OK");

    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let expected = r#"{"offsets":[{"partition":0,"offset":0,"error_code":0},{"partition":0,"offset":1,"error_code":0}]}"#;
    assert_eq!(answer.body, expected);
    let shown = drain(&mut client, "MGET").await;
    let shown: Vec<_> = shown.iter().map(|json| fields(json)).collect();
    for part in ["key", "value", "topic", "metadata"] {
        assert_eq!(shown[0][part], shown[2][part], "{part}");
    }
    assert_eq!((&shown[1]["key"], &shown[1]["value"]), (&"".into(), &serde_json::Value::Null));
    let mut admin = gateway.client().await;
    admin.send("AUTH admin admin").await;
    let stored = admin.send("XRANGE orders - + COUNT 1").await.to_string();
    assert!(stored.contains(value), "byte for byte: {stored}");
}

#[tokio::test]
async fn one_bad_record_does_not_cost_the_others() {
    let filter = "topics = [\"orders\"]\n[settings]\nrequired = [\"id\"]\n";
    let gateway =
        http().plugin("filter-json", filter).set("limits.value_bytes_max", 100).start().await;
    make_topic(&gateway, "orders", 1).await;
    let long = "x".repeat(100);
    let body = format!(
        r#"{{"records":[{{"key":"a","value":{{"id":1}}}},{{"key":"b","value":{{"no":1}}}},
           {{"key":"c","value":{{"id":"{long}"}}}},{{"key":"d","value":{{"id":2}}}}]}}"#
    );

    let answer = gateway.http().await.send(PUB, LOGIN, &body).await;

    let offsets = answer.json()["offsets"].clone();
    let codes: Vec<_> = (0..4).map(|at| offsets[at]["error_code"].as_u64()).collect();
    assert_eq!((answer.status, codes), (200, vec![Some(0), Some(3), Some(4), Some(0)]));
    let at: Vec<_> = (0..4).map(|at| offsets[at]["offset"].as_i64()).collect();
    assert_eq!(at, [Some(0), Some(-1), Some(-1), Some(1)]);
    let words = |at: usize| offsets[at]["error"].as_str().unwrap_or_default().to_owned();
    assert!(words(1).starts_with("REJECTED filter-json ") && words(2).contains("100"), "{offsets}");
    let mut client = gateway.client_as(&format!("{DSN}&offset=oldest")).await;
    let shown = drain(&mut client, "MGET").await;
    let keys: Vec<_> = shown.iter().map(|json| fields(json)["key"].clone()).collect();
    assert_eq!(keys, ["a", "d"]);
}

#[tokio::test]
async fn many_records_keep_their_order_over_one_connection() {
    let gateway = http().start().await;
    make_topic(&gateway, "orders", 1).await;
    let mut http = gateway.http().await;
    for round in 0..2u64 {
        let records: Vec<_> = (0..3_000).map(|n| format!("{{\"value\":{n}}}")).collect();
        let body = format!("{{\"records\":[{}]}}", records.join(","));

        let answer = http.send(PUB, LOGIN, &body).await.json();

        let offsets = answer["offsets"].as_array().expect("a list");
        let all: Vec<_> = offsets.iter().filter_map(|one| one["offset"].as_u64()).collect();
        assert_eq!(all, (round * 3_000..(round + 1) * 3_000).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_colour_reaches_its_consumers_only() {
    let gateway = http().start().await;
    make_topic(&gateway, "orders", 1).await;
    let mut red = gateway.client_as(&format!("{DSN}&offset=oldest&color=red")).await;
    let mut plain = gateway.client_as(&format!("{DSN}&offset=oldest")).await;

    let answer =
        gateway.http().await.send(&format!("{PUB}&color=blue&color=red"), LOGIN, ONE).await;

    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(drain(&mut plain, "MGET").await.len(), 0);
    assert_eq!(drain(&mut red, "MGET").await.len(), 1);
}

#[tokio::test]
async fn administrators_see_who_consumes_in_a_group() {
    let gateway = http().start().await;
    make_topic(&gateway, "orders", 1).await;
    let addresses = async |group: &str| {
        let path = format!("GET /databus/consumer/addrs?group={group}");
        gateway.http().await.send(&path, "admin:admin", "").await.body
    };
    let none = r#"{"code":0,"message":"0","ttl":1,"data":[]}"#;
    assert_eq!(addresses("g").await, none);
    let mut client = gateway.client_as(&DSN.replace("300", "1")).await;
    let mut red = gateway.client_as(&format!("{DSN}&block=1&color=red")).await;
    client.send("MGET").await;
    red.send("MGET").await;
    let listed = gateway.client().await;
    drop(listed);

    let found: serde_json::Value = serde_json::from_str(&addresses("g").await).expect("JSON");

    let mine = client.send("CLIENT INFO").await.to_string();
    let data = found["data"].as_array().expect("a list").clone();
    assert_eq!(data.len(), 1, "{found}");
    assert!(mine.contains(&format!("addr={}", data[0].as_str().unwrap_or_default())), "{mine}");
    assert_ne!(addresses("g-red").await, none);
    client.send("RESET").await;
    assert_eq!(addresses("g").await, none);
}

#[tokio::test]
async fn a_ping_needs_no_login_and_neither_does_an_open_gateway() {
    let closed = http().start().await;
    let answer = closed.http().await.send("GET /monitor/ping", "", "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "pong"));

    let open = sluicegate_tests::gateway().set("http.address", "127.0.0.1:0").start().await;
    let answer = open.http().await.send(PUB, "", ONE).await;
    assert_eq!(answer.body, r#"{"offsets":[{"partition":0,"offset":0,"error_code":0}]}"#);
}

#[tokio::test]
async fn curl_publishes() {
    let Some(curl) = missing::require("curl") else { return };
    let gateway = http().start().await;
    make_topic(&gateway, "orders", 1).await;
    let url = format!("http://{}/databus/pub?topic=orders&group=g", gateway.http_address().await);
    let mut command = Command::new(curl);
    command.args(["--silent", "--show-error", "--user", LOGIN, "--data", "@-", &url]);
    // Above a MiB curl waits to be asked for the body.
    let records = format!(r#"{{"key":"k","value":"{}"}},"#, "x".repeat(400_000)).repeat(4);
    let body = format!("{{\"records\":[{}]}}", records.trim_end_matches(','));

    let told = sluicegate_tests::command::finish(command, &body).await.output_of_success();

    assert!(told.ends_with(r#"{"partition":0,"offset":3,"error_code":0}]}"#), "{told}");
}

/// A gateway that knows the databus rows and speaks HTTP.
fn http() -> Builder {
    databus().set("http.address", "127.0.0.1:0")
}

/// A client and a gateway with the topic `orders`.
async fn ready(builder: Builder) -> (Gateway, HttpClient) {
    let gateway = builder.start().await;
    make_topic(&gateway, "orders", 1).await;
    let http = gateway.http().await;
    (gateway, http)
}
