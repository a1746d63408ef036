//! The shipped plugins, one scene each, through the real components.

use sluicegate_tests::gateway;

use crate::databus::{DSN, ROWS};

#[tokio::test]
async fn auth_static_knows_users_and_what_they_may_do() {
    let users = r#"
[[settings.users]]
name = "writer"
secret = "${WRITER_PASSWORD}"
publish = ["orders-*"]
consume = []
"#;
    let gateway =
        gateway().variable("WRITER_PASSWORD", "w").plugin("auth-static", users).start().await;
    let mut client = gateway.client().await;

    let wrong = client.send("AUTH writer x").await;
    assert!(wrong.error().is_some_and(|text| text.starts_with("WRONGPASS")), "{wrong}");
    assert_eq!(client.send("AUTH writer w").await, "+OK");
    assert_eq!(client.send("XADD orders-eu * f v").await, "$1-0");
    for refused in ["XADD bills * f v", "XRANGE orders-eu - +", "TOPIC CREATE x", "PLUGIN RELOAD"] {
        let reply = client.send(refused).await;
        assert!(reply.error().is_some_and(|text| text.starts_with("NOPERM")), "{refused}: {reply}");
    }
}

#[tokio::test]
async fn filter_json_rejects_requires_and_redacts() {
    let settings = "[settings]\nrequired = [\"id\"]\nredact = [\"card\"]\n";
    let gateway = gateway().plugin("filter-json", settings).start().await;
    let mut client = gateway.client().await;

    let not_json = client.send("XADD t * value hello").await.to_string();
    assert!(not_json.starts_with("-REJECTED filter-json not-json: "), "{not_json}");
    let no_id = client.send(r#"XADD t * value '{"a":1}'"#).await.to_string();
    assert!(no_id.starts_with("-REJECTED filter-json ") && no_id.contains("id"), "{no_id}");
    assert_eq!(client.send(r#"XADD t * value '{"id":1,"card":"4111"}'"#).await, "$1-0");

    let shown = client.send("XRANGE t - +").await.to_string();
    assert!(shown.contains(r#""id":1"#) && !shown.contains("4111"), "{shown}");
}

#[tokio::test]
async fn route_rules_chooses_the_topic() {
    let settings = r#"
[[settings.rules]]
topic = "orders"
field = "region"
matches = "eu"
to = "orders-eu"
"#;
    let gateway = gateway().plugin("route-rules", settings).start().await;
    let mut client = gateway.client().await;

    client.send(r#"XADD orders * value '{"region":"eu"}'"#).await;
    client.send(r#"XADD orders * value '{"region":"us"}'"#).await;

    assert_eq!(client.send("XLEN orders-eu").await, ":1");
    assert_eq!(client.send("XLEN orders").await, ":1");
}

#[tokio::test]
async fn partition_hash_keeps_a_key_in_its_place() {
    let gateway = gateway()
        .plugin("auth-static", ROWS)
        .plugin("partition-hash", "[settings]\nformula = \"murmur2\"")
        .start()
        .await;
    crate::databus::make_topic(&gateway, "orders", 6).await;
    let mut client = gateway.client_as(&format!("{DSN}&offset=oldest")).await;

    for _ in 0..3 {
        assert_eq!(client.send("SET user_42 1").await, "+OK");
    }

    let shown = crate::databus::drain(&mut client, "MGET").await;
    assert!(shown.iter().all(|json| crate::databus::fields(json)["partition"] == 4));
}

#[tokio::test]
async fn transcode_protobuf_stores_protobuf_and_shows_json() {
    let gateway = gateway().plugin("transcode-protobuf", TRANSCODE).start().await;
    let mut client = gateway.client().await;

    assert_eq!(client.send(r#"XADD t * value '{"name":"n","count":2}'"#).await, "$1-0");
    assert_eq!(client.send("XRANGE t - +").await, r#"[[$1-0, [$value, ${"name":"n","count":2}]]]"#);
    for (value, field) in [(r#"{"nam":"n"}"#, "nam"), (r#"{"name":1}"#, "name")] {
        let reply = client.send(&format!("XADD t * value '{value}'")).await.to_string();
        let named = reply.starts_with("-REJECTED transcode-protobuf ") && reply.contains(field);
        assert!(named, "{value}: {reply}");
    }
}

/// The schema `message Item { string name = 1; int32 count = 2; }` of package `shop`, as protoc's
/// `--descriptor_set_out` writes it, in base64.
const TRANSCODE: &str = r#"
[settings]
descriptor_set = "Cj8KCml0ZW0ucHJvdG8SBHNob3AiIwoESXRlbRIMCgRuYW1lGAEgASgJEg0KBWNvdW50GAIgASgFYgZwcm90bzM="
topics = { t = "shop.Item" }
"#;
