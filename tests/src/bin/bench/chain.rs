//! What the chain costs: messages through 0, 1 and 4 plugins that do nothing, and the calls of
//! each role.

use sluicegate_tests::{Gateway, client::encode, gateway, gateway::read, workspace};

use crate::{
    against_redis::{contestant, work},
    load::Work,
    rate::{Contestant, Rate, measure},
};

/// The share of the throughput that must be left with one filter, and with four.
const TARGETS: [f64; 3] = [1.0, 0.95, 0.90];

/// Throughput of XADD with 0, 1 and 4 filters that let everything pass.
pub(crate) async fn filters() {
    println!("\nXADD of 200 bytes with 0, 1 and 4 filters that do nothing, 16 connections");
    for (broker, depth) in [("memory", 1), ("memory", 16), ("embedded", 1), ("embedded", 16)] {
        let gateways = [
            with_filters(broker, 0).await,
            with_filters(broker, 1).await,
            with_filters(broker, 4).await,
        ];
        let rates = measure(&gateways.each_ref().map(|gateway| publishing(gateway, depth))).await;
        println!("  {broker} broker, {depth} in flight on each connection");
        for ((count, rate), target) in [0, 1, 4].into_iter().zip(&rates).zip(TARGETS) {
            let share = rate.a_second() / rates[0].a_second();
            let verdict = if share >= target { "reached" } else { "missed" };
            println!(
                "    {count} filters {:>8.0} a second, {:>5.1} % (target {:.0} %: {verdict}), {:>6.0} ns of processor a message",
                rate.a_second(),
                share * 100.0,
                target * 100.0,
                rate.nanoseconds()
            );
        }
    }
}

/// What one call of each role adds to the gateway's own processor time.
pub(crate) async fn roles() {
    println!("\nprocessor time that a call of each role adds, ns (end to end, memory broker)");
    let bare = with_plugin(None).await;
    for role in ["filter", "router", "partitioner", "transcoder"] {
        let guest = format!("noop-{role}");
        let gateway = with_plugin(Some(&guest)).await;
        let rates = measure(&[publishing(&bare, 16), publishing(&gateway, 16)]).await;
        println!("  {role:13} {:>6.0}", added(rates[0], rates[1]));
    }
    let gateway = with_plugin(Some("noop-auth")).await;
    let login = work(16, 16, &["AUTH", "someone", "secret"], 1);
    let mut ping = work(16, 16, &["PING"], 1);
    ping.hello = encode(&["AUTH", "someone", "secret"]);
    let on = |work: Work| contestant(&gateway.address, gateway.process(), work);
    let rates = measure(&[on(ping), on(login)]).await;
    println!("  {:13} {:>6.0} (AUTH less PING)", "authenticator", added(rates[0], rates[1]));
}

fn added(without: Rate, with: Rate) -> f64 {
    with.nanoseconds() - without.nanoseconds()
}

fn publishing(gateway: &Gateway, depth: usize) -> Contestant<'_> {
    let value = "x".repeat(200);
    let work = work(16, depth, &["XADD", "bench", "*", "value", &value], 2);
    contestant(&gateway.address, gateway.process(), work)
}

async fn with_filters(broker: &str, count: usize) -> Gateway {
    let mut builder = gateway().set("broker.kind", broker);
    for n in 0..count {
        let wasm = read(&workspace::component("noop-filter"));
        builder = builder.plugin_file(&format!("noop-filter-{n}"), &wasm, "");
    }
    builder.start().await
}

async fn with_plugin(guest: Option<&str>) -> Gateway {
    let builder = gateway().set("broker.kind", "memory");
    let builder = if let Some(guest) = guest { builder.plugin(guest, "") } else { builder };
    builder.start().await
}
