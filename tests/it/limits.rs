//! What a client may take: connections, output, time, bytes.

use std::time::Duration;

use sluicegate_tests::{client::encode, gateway};
use tokio::time::sleep;

#[tokio::test]
async fn one_client_too_many_is_told_so_in_redis_words() {
    let gateway = gateway().set("listen.connections_max", 2).start().await;
    let mut first = gateway.client().await;
    let second = gateway.client().await;
    assert_eq!(first.send("PING").await, "+PONG");

    let mut third = gateway.client().await;
    let rest = third.rest().await.expect("it is closed");
    assert_eq!(String::from_utf8_lossy(&rest), "-ERR max number of clients reached\r\n");

    drop(second);
    sleep(Duration::from_millis(200)).await;
    assert_eq!(gateway.client().await.send("PING").await, "+PONG", "a place is free again");
    assert_eq!(first.send("PING").await, "+PONG");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_let_go() {
    let gateway = gateway().set("listen.write_timeout_secs", 1).start().await;
    let (mut slow, mut neighbour) = (gateway.client().await, gateway.client().await);
    let big = "x".repeat(500_000);
    for _ in 0..8 {
        assert_eq!(neighbour.send_args(&["XADD", "t", "*", "f", &big]).await.error(), None);
    }

    let greedy = encode(&["XRANGE", "t", "-", "+"]).repeat(40);
    let _ = slow.write(&greedy).await;
    sleep(Duration::from_secs(3)).await;

    assert_eq!(neighbour.send("PING").await, "+PONG");
    let received = slow.rest().await.expect("it is closed");
    assert!(received.len() < 40 * 8 * 500_000, "it got {} bytes", received.len());
}

#[tokio::test]
async fn an_idle_client_is_let_go_only_where_that_is_configured() {
    let idle = gateway().set("listen.idle_timeout_secs", 1).start().await;
    let patient = gateway().start().await;
    let (mut left, mut kept) = (idle.client().await, patient.client().await);
    assert_eq!(left.send("PING").await, "+PONG");

    assert_eq!(left.next().await.expect("an orderly end"), None);
    assert_eq!(kept.send("PING").await, "+PONG");
}

#[tokio::test]
async fn a_value_over_the_limit_is_refused_by_name_and_the_connection_lives() {
    let gateway = gateway().set("limits.value_bytes_max", 1000).start().await;
    let mut client = gateway.client().await;

    let at_limit = "x".repeat(1000);
    assert_eq!(client.send_args(&["XADD", "t", "*", "value", &at_limit]).await, "$1-0");
    let over = "x".repeat(1001);
    let refused = client.send_args(&["XADD", "t", "*", "value", &over]).await;
    assert!(refused.error().is_some_and(|text| text.contains("1000")), "{refused}");
    assert_eq!(client.send("XLEN t").await, ":1");
}

#[tokio::test]
async fn open_access_is_refused_beyond_loopback() {
    let refused = gateway().set("listen.address", "0.0.0.0:0").try_start().await;

    let refused = refused.expect_err("everyone could publish");
    assert!(!refused.status.success());
    assert!(refused.log.contains("authenticator"), "it says how: {}", refused.log);
}

#[tokio::test]
async fn topics_are_made_up_to_the_limit() {
    let gateway = gateway().set("topics.max", 2).start().await;
    let mut client = gateway.client().await;

    assert_eq!(client.send("XADD a * f v").await, "$1-0");
    assert_eq!(client.send("TOPIC CREATE b").await, "+OK");
    for refused in ["XADD c * f v", "TOPIC CREATE c"] {
        let reply = client.send(refused).await;
        assert!(reply.error().is_some_and(|text| text.starts_with("ERR")), "{refused}: {reply}");
    }
    assert_eq!(client.send("XADD b * f v").await, "$1-0", "what is there can be written to");
    assert_eq!(client.send("DBSIZE").await, ":2");
}
