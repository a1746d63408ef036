//! MULTI and EXEC: commands that are answered together.

use sluicegate_tests::gateway;

use crate::pubsub::assert_as_redis;

#[tokio::test]
async fn transactions_are_answered_as_redis_answers_them() {
    assert_as_redis(&[
        ("EXEC", 1),
        ("DISCARD", 1),
        ("MULTI", 1),
        ("MULTI", 1),
        ("PING", 1),
        ("ECHO hi", 1),
        ("EXEC", 1),
        ("MULTI", 1),
        ("EXEC", 1),
        ("MULTI", 1),
        ("NOSUCH a", 1),
        ("PING", 1),
        ("EXEC", 1),
        ("MULTI", 1),
        ("ECHO", 1),
        ("EXEC", 1),
        ("MULTI", 1),
        ("PING", 1),
        ("DISCARD", 1),
        ("PING", 1),
        ("MULTI", 1),
        ("WATCH a", 1),
        ("EXEC", 1),
        ("UNWATCH", 1),
        ("MULTI", 1),
        ("RESET", 1),
        ("EXEC", 1),
        ("MULTI", 1),
        ("XREAD BLOCK 0 STREAMS nothing $", 1),
        ("SELECT 99", 1),
        ("PING", 1),
        ("EXEC", 1),
        ("MULTI", 1),
        ("QUIT", 1),
    ])
    .await;
}

#[tokio::test]
async fn what_is_published_in_a_transaction_is_answered_together() {
    let gateway = gateway().start().await;
    let (mut client, mut other) = (gateway.client().await, gateway.client().await);

    assert_eq!(client.send("MULTI").await, "+OK");
    for line in ["XADD t * n 1", "PUBLISH t two", "XLEN t", "XADD t nonsense n 1", "XADD t * n 3"] {
        assert_eq!(client.send(line).await, "+QUEUED", "{line}");
    }
    assert_eq!(other.send("XLEN t").await, ":0", "nothing is stored before EXEC");

    assert_eq!(
        client.send("EXEC").await,
        "[$1-0, :0, :2, -ERR Invalid stream ID specified as stream command argument, $3-0]"
    );
    assert_eq!(other.send("XLEN t").await, ":3");
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_in_words() {
    let gateway = gateway().set("limits.request_bytes_max", 2_000_000).start().await;
    let mut client = gateway.client().await;
    let watch = client.send("WATCH t").await;
    assert!(watch.error().is_some_and(|text| text.contains("no value")), "{watch}");

    for line in ["SUBSCRIBE a", "PUNSUBSCRIBE", "CLIENT REPLY OFF", "HELLO 3", "AUTH x"] {
        client.send("MULTI").await;
        let refused = client.send(line).await;
        assert_eq!(refused, "-ERR Command not allowed inside a transaction", "{line}");
        let aborted = "-EXECABORT Transaction discarded because of previous errors.";
        assert_eq!(client.send("EXEC").await, aborted);
    }

    client.send("MULTI").await;
    let value = "x".repeat(900_000);
    assert_eq!(client.send_args(&["ECHO", &value]).await, "+QUEUED");
    assert_eq!(client.send_args(&["ECHO", &value]).await, "+QUEUED");
    let full = client.send_args(&["ECHO", &value]).await;
    assert!(full.error().is_some_and(|text| text.contains("over the limit")), "{full}");
    assert!(client.send("EXEC").await.error().is_some_and(|text| text.starts_with("EXECABORT")));
    assert_eq!(client.send("PING").await, "+PONG");
}
