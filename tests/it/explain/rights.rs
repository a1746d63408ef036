//! Who may ask for what, and what EXPLAIN does not explain.

use sluicegate_tests::gateway;

use super::{explain, foretold, words};

const USERS: &str = r#"
[[settings.users]]
name = "writer"
secret = "marker-of-the-writer"
publish = ["orders"]

[[settings.users]]
name = "admin"
secret = "marker-of-the-admin"
publish = ["*"]
consume = ["*"]
admin = true
"#;

#[tokio::test]
async fn what_may_not_be_done_may_not_be_explained() {
    let gateway = gateway().plugin("auth-static", USERS).set("topics.delete", true).start().await;
    let mut client = gateway.client().await;
    assert_eq!(client.send("EXPLAIN PING").await, "-NOAUTH Authentication required.");

    assert_eq!(client.send("AUTH writer marker-of-the-writer").await, "+OK");
    client.send("XADD orders * a b").await;
    for line in [
        "XADD secrets * a b",
        "PUBLISH secrets 1",
        "SET a b",
        "MGET",
        "XRANGE orders - +",
        "XREAD STREAMS orders 0",
        "XREADGROUP GROUP g a STREAMS orders >",
        "XACK orders g 1-0",
        "XCLAIM orders g a 0 1-0",
        "XTRIM secrets MAXLEN 1",
        "XGROUP CREATE orders g 0",
        "XLEN secrets",
        "SUBSCRIBE orders",
        "PLUGIN LIST",
        "PLUGIN RELOAD",
        "TOPIC CREATE more",
        "DEL orders",
        "XINFO STREAM orders",
        "XADD orders",
        "NOPE 1 2",
        "XGROUP NOPE orders g",
    ] {
        let told = client.send(&format!("EXPLAIN {line}")).await;
        assert!(told.error().is_some(), "{line}: {told}");
        if !line.starts_with("SUBSCRIBE") && !line.starts_with("PLUGIN RELOAD") {
            assert_eq!(told, client.send(line).await, "{line}: in the command's own words");
        }
    }
    let told = client.send("EXPLAIN AUTH writer marker-of-the-writer").await;
    assert!(told.error().is_some_and(|words| words.starts_with("NOPERM")), "{told}");
}

#[tokio::test]
async fn a_login_is_explained_to_an_admin_and_secrets_are_not_told() {
    let gateway = gateway().plugin("auth-static", USERS).start().await;
    let mut admin = gateway.client().await;
    assert_eq!(admin.send("AUTH admin marker-of-the-admin").await, "+OK");

    let told = explain(&mut admin, "AUTH writer marker-of-the-writer").await;
    assert_eq!(
        (&told["reply"], &told["traces"][0]["end"]["by"]),
        (&"OK".into(), &"auth-static".into())
    );
    assert!(!told.to_string().contains("marker-of"), "{told:#}");
    let told = explain(&mut admin, "AUTH writer marker-of-nobody").await;
    assert_eq!(told["traces"][0]["end"]["kind"], "refused");
    assert!(!told.to_string().contains("marker-of"), "{told:#}");
    assert_eq!(admin.send("ACL WHOAMI").await, "$admin", "nobody was logged in");
}

#[tokio::test]
async fn what_is_about_the_connection_alone_is_not_explained() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    for line in ["EXPLAIN PING", "MULTI", "EXEC", "DISCARD", "MONITOR", "QUIT", "RESET", "UNWATCH"]
    {
        let told = client.send(&format!("EXPLAIN {line}")).await;
        let words = "-ERR EXPLAIN shows what a command does with messages, topics and groups:";
        assert!(told.to_string().starts_with(words), "{line}: {told}");
    }
    let wrong = "-ERR wrong number of arguments for 'explain' command";
    assert_eq!(client.send("EXPLAIN").await, wrong);
    assert_eq!(client.send("EXPLAIN JSON").await, wrong);
    assert_eq!(client.send("PING").await, "+PONG", "the connection goes on");
}

#[tokio::test]
async fn questions_are_answered_and_said_to_change_nothing() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("XADD orders * a b").await;
    for (line, reply) in
        [("PING", "PONG"), ("XLEN orders", "1"), ("EXISTS orders", "1"), ("TYPE orders", "stream")]
    {
        let told = explain(&mut client, line).await;
        assert_eq!(told["reply"].to_string().trim_matches('"'), reply);
        assert!(words(&told, "notes")[0].ends_with("meets no plugin, changes nothing"));
    }
    for line in
        ["INFO", "PLUGIN LIST", "COMMAND COUNT", "CLIENT LIST", "SLOWLOG GET", "KEYS *", "SCAN 0"]
    {
        explain(&mut client, line).await;
    }
    for line in ["CLIENT SETNAME other", "SLOWLOG RESET", "HELLO 3", "PLUGIN RELOAD"] {
        assert_eq!(explain(&mut client, line).await["reply"], serde_json::Value::Null, "{line}");
    }
    assert_eq!(client.send("CLIENT GETNAME").await, "nil");
}

#[tokio::test]
async fn a_transaction_explains_when_it_runs() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    for line in
        ["MULTI", "XADD orders * a 1", "EXPLAIN JSON XADD orders * a 2", "XADD orders * a 3"]
    {
        client.send(line).await;
    }
    let done = client.send("EXEC").await;
    let told: serde_json::Value =
        serde_json::from_slice(done.items()[1].bytes()).expect("it is JSON");
    assert_eq!(told["reply"], "2-0", "behind the message before it");
    assert_eq!(done.items()[2], "$2-0", "which is still free");
}

#[tokio::test]
async fn a_deletion_is_told_and_not_done() {
    let gateway = gateway().set("topics.delete", true).start().await;
    let mut client = gateway.client().await;
    client.send("XADD orders * a b").await;
    let told = explain(&mut client, "DEL orders nothing").await;
    assert_eq!(told["reply"], 1);
    let wanted = "topic `orders` would be deleted, with its records and the places of its groups";
    assert_eq!(words(&told, "changes"), [wanted]);
    assert_eq!(client.send("XLEN orders").await, ":1");
    assert_eq!(
        foretold(&mut client, &["UNLINK".into(), "orders:0".into()]).await["error"]
            .as_str()
            .map(|it| &it[..3]),
        Some("ERR")
    );
}
