//! A Kafka that is not there when the gateway starts, and one that comes back.

use std::time::{Duration, Instant};

use sluicegate_tests::{gateway, kafka};

use super::until;

/// Longest time a publish may take; the default deadline and half a second.
const ANSWERED: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_starts_without_kafka_says_so_and_works_when_it_comes() {
    let Some(mut cluster) = kafka::cluster().start().await else { return };
    let space = cluster.space();
    cluster.stop(1).await;

    let gateway = gateway().kafka(&space).start().await;
    let mut client = gateway.client().await;
    assert_eq!(client.send("PING").await, "+PONG");
    let info = client.send("INFO Sluicegate").await;
    assert!(String::from_utf8_lossy(info.bytes()).contains("broker_state:away: main"), "{info}");
    for command in ["XADD early * value 1", "XRANGE early - +", "TOPIC CREATE early"] {
        let began = Instant::now();
        let reply = client.send(command).await;
        let error = reply.error().unwrap_or_else(|| panic!("{command}: {reply}"));
        assert!(error.starts_with("ERR "), "nothing was stored: {command}: {error}");
        assert!(began.elapsed() < ANSWERED, "{command} took {:?}", began.elapsed());
    }

    cluster.start_again(1).await;
    until(&mut client, "XADD early * value 2", |id| id.error().is_none()).await;
    until(&mut client, "INFO Sluicegate", |info| {
        String::from_utf8_lossy(info.bytes()).contains("broker_state:ready")
    })
    .await;
    let found = space.outside().await.read("early").await;
    assert_eq!(found.len(), 1, "what was refused is not there");
    assert_eq!(found[0].value.as_deref(), Some(&b"2"[..]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_broker_costs_answers_in_time_and_no_order() {
    let Some(cluster) = kafka::cluster().start().await else { return };
    let space = cluster.space();
    let gateway = gateway().kafka(&space).start().await;
    let mut client = gateway.client().await;
    assert_eq!(client.send("XADD t * value before").await, "$1-0");

    cluster.pause(1);
    let began = Instant::now();
    let reply = client.send("XADD t * value meanwhile").await;
    assert!(reply.error().is_some_and(|text| text.starts_with("UNKNOWN ")), "{reply}");
    assert!(began.elapsed() < ANSWERED, "it took {:?}", began.elapsed());
    cluster.resume(1);

    until(&mut client, "XADD t * value after", |id| id.error().is_none()).await;
    let found = space.outside().await.read("t").await;
    let count = |value: &str| {
        found.iter().filter(|found| found.value.as_deref() == Some(value.as_bytes())).count()
    };
    assert_eq!((count("before"), count("after")), (1, 1));
    assert!(count("meanwhile") <= 1, "the gateway never stores twice");
}
