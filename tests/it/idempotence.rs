//! XADD … IDMP: a message that is sent twice is stored once.

use sluicegate_tests::{gateway, kafka};

use crate::connection::ONE_USER;

#[tokio::test]
async fn an_id_sent_again_answers_the_first_place_and_stores_nothing() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    let first = client.send("XADD t IDMP shop 17 * f v").await;
    assert_eq!(first, "$1-0");
    assert_eq!(client.send("XADD t IDMP shop 17 * f other").await, first);
    assert_eq!(client.send("XADD t IDMP other 17 * f v").await, "$2-0", "another producer");
    assert_eq!(client.send("XADD t IDMPAUTO shop * f v").await, "$3-0");
    assert_eq!(client.send("XADD t IDMPAUTO shop * f v").await, "$3-0", "the same fields");
    assert_eq!(client.send("XADD t IDMPAUTO shop * f w").await, "$4-0", "others");
    assert_eq!(client.send("XADD t * f v").await, "$5-0", "without a name nothing is looked for");

    assert_eq!(client.send("XLEN t").await, ":5");
    assert_eq!(client.send("XRANGE t 1 1").await, "[[$1-0, [$f, $v]]]", "no mark is shown");
    client.send("XADD t IDMP shop 18 * value bare").await;
    assert_eq!(client.send("XRANGE t 6 6").await, "[[$6-0, [$value, $bare]]]");
}

#[tokio::test]
async fn pipelined_repeats_are_stored_once() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    let adds: Vec<_> = (0..50).map(|n| format!("XADD t IDMP p {} * n {n}", n % 5)).collect();
    let adds: Vec<_> = adds.iter().map(String::as_str).collect();
    let ids = client.pipeline(&adds).await;

    for (n, id) in ids.iter().enumerate() {
        assert_eq!(*id, format!("${}-0", n % 5 + 1));
    }
    assert_eq!(client.send("XLEN t").await, ":5");
}

#[tokio::test]
async fn the_window_outlives_a_kill() {
    let mut gateway = gateway().start().await;
    let first = gateway.client().await.send("XADD t IDMP shop 17 * f v").await;

    gateway.kill().await;
    gateway.start_again().await;

    let mut client = gateway.client().await;
    assert_eq!(client.send("XADD t IDMP shop 17 * f v").await, first);
    assert_eq!(client.send("XLEN t").await, ":1");
}

#[tokio::test]
async fn a_producer_may_change_the_gateway() {
    let Some(space) = kafka::space() else { return };
    let (one, two) = (gateway().kafka(&space).start().await, gateway().kafka(&space).start().await);
    let (mut one, mut two) = (one.client().await, two.client().await);
    assert_eq!(one.send("TOPIC CREATE t PARTITIONS 7").await, "+OK");

    for n in 0..20 {
        let add = format!("XADD t IDMP producer-{} {n} * n {n}", n % 3);
        let first = one.send(&add).await;
        assert_eq!(two.send(&add).await, first);
        assert_eq!(one.send(&add).await, first);
    }
    assert_eq!(two.send("XLEN t").await, ":20");
}

#[tokio::test]
async fn its_options_are_checked() {
    let gateway = gateway().plugin("auth-static", ONE_USER).start().await;
    let mut client = gateway.client_as("open-sesame").await;
    let long = "x".repeat(257);

    for (command, words) in [
        ("XADD t IDMP p 1 1-0 f v".to_owned(), "write *"),
        (format!("XADD t IDMP {long} 1 * f v"), "1 to 256 bytes"),
        ("XADD t IDMP p 1 IDMP p 2 * f v".to_owned(), "syntax error"),
        ("XADD t IDMP p 1".to_owned(), "wrong number of arguments"),
        ("XADD t:9 IDMP p 1 * f v".to_owned(), "no such partition"),
    ] {
        let reply = client.send(&command).await;
        assert!(reply.error().is_some_and(|error| error.contains(words)), "{command}: {reply}");
    }
    assert_eq!(client.send("XADD new NOMKSTREAM IDMP p 1 * f v").await, "nil");
    assert_eq!(client.send("EXISTS new").await, ":0");
}
