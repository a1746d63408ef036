//! Language runtimes grow; an instance that has grown is replaced before it meets its limit.

use sluicegate_tests::{Client, gateway};

use super::info;

/// `misbehaving` takes 4 MiB in a call; far less than this when it starts.
const LIMIT: u64 = 64 << 20;

#[tokio::test]
async fn an_instance_that_grew_half_way_to_its_limit_is_replaced_and_no_call_fails() {
    let gateway = gateway().plugin("misbehaving", "").start().await;
    let mut client = gateway.client().await;
    let mark = number(&mut client, "recycle_above_bytes").await;
    assert!((LIMIT / 2..LIMIT / 2 + (4 << 20)).contains(&mark), "half way: {mark}");

    // 200 MiB, in a gateway that gives an instance 64.
    hoard(&mut client, 50).await;

    let recycled = number(&mut client, "instances_recycled").await;
    assert!((5..=8).contains(&recycled), "each took seven or eight calls: {recycled}");
    assert!(number(&mut client, "memory_bytes").await < mark);
    assert_eq!(number(&mut client, "failures_memory").await, 0);
}

#[tokio::test]
async fn an_instance_that_does_not_grow_stays_even_if_it_began_above_the_mark() {
    let toml = "[limits]\nrecycle_above_bytes = 65536\n";
    let gateway = gateway().plugin("misbehaving", toml).start().await;
    let mut client = gateway.client().await;

    for _ in 0..20 {
        assert_eq!(client.send("XADD t * value x").await.error(), None);
    }

    assert_eq!(number(&mut client, "recycle_above_bytes").await, 65536);
    assert_eq!(number(&mut client, "instances_recycled").await, 0);
    hoard(&mut client, 3).await;
    assert_eq!(number(&mut client, "instances_recycled").await, 3);
}

#[tokio::test]
async fn never_can_be_said_and_so_can_a_number_of_calls() {
    let never = "[limits]\nrecycle_above_bytes = 0\n";
    let gateway = gateway().plugin("misbehaving", never).start().await;
    let mut client = gateway.client().await;

    hoard(&mut client, 14).await;

    assert_eq!(number(&mut client, "recycle_above_bytes").await, 0);
    assert_eq!(number(&mut client, "instances_recycled").await, 0);
    let full = client.send("XADD t * value misbehave:hoard").await;
    let full = if full.error().is_some() { full } else { hoard_until_full(&mut client).await };
    assert_eq!(full.error(), Some("REJECTED misbehaving plugin used too much memory"));

    let after_ten = "[limits]\nrecycle_above_bytes = 0\nrecycle_after_calls = 10\n";
    gateway.drop_in("misbehaving", &wasm(), after_ten);
    assert_eq!(client.send("PLUGIN RELOAD").await.error(), None);
    hoard(&mut client, 40).await;
    assert_eq!(number(&mut client, "recycle_after_calls").await, 10);
    assert_eq!(number(&mut client, "instances_recycled").await, 4);
}

fn wasm() -> Vec<u8> {
    sluicegate_tests::gateway::read(&sluicegate_tests::workspace::component("misbehaving"))
}

/// Publishes so many messages with each of which the plugin takes 4 MiB for ever.
async fn hoard(client: &mut Client, times: u32) {
    for n in 0..times {
        let reply = client.send("XADD t * value misbehave:hoard").await;
        assert_eq!(reply.error(), None, "{n}");
    }
}

async fn hoard_until_full(client: &mut Client) -> sluicegate_tests::Reply {
    for _ in 0..20 {
        let reply = client.send("XADD t * value misbehave:hoard").await;
        if reply.error().is_some() {
            return reply;
        }
    }
    panic!("the limit was never met");
}

async fn number(client: &mut Client, name: &str) -> u64 {
    let told = info(client, "misbehaving").await;
    let number = told.get(name).and_then(|text| text.parse().ok());
    number.unwrap_or_else(|| panic!("no number {name} in {told:?}"))
}
