//! What was acknowledged stays: SIGKILL under load, over and over.

mod ledger;

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sluicegate_tests::{Client, Reply, console::tell, gateway};
use tokio::{task::JoinSet, time::sleep};

use ledger::{Ledger, payload};

/// Connections that publish at once.
const WRITERS: u64 = 6;
/// Rounds of load and SIGKILL; `SLUICEGATE_KILLS` sets another number.
const KILLS: u64 = 200;
/// Longest load of a round, in milliseconds; each round draws its own.
const LOAD_MS_MAX: u64 = 250;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_message_survives_kill_9() {
    let rounds = number_from("SLUICEGATE_KILLS", KILLS);
    let mut random = Random::seeded();
    tell(&format!("SIGKILL timing from SLUICEGATE_SEED={}", random.seed));
    let mut gateway = gateway().embedded().start().await;
    let mut ledger = Ledger::default();

    for round in 0..rounds {
        let load = publish_in_background(&gateway.address, round);
        sleep(Duration::from_millis(random.below(LOAD_MS_MAX))).await;
        gateway.kill().await;
        let acknowledged = load.await_all().await;

        gateway.start_again().await;
        for topic in ["kill-a", "kill-b"] {
            ledger.read_on(&gateway, topic).await;
        }
        ledger.check(&acknowledged, round);
    }

    ledger.check_from_the_start(&gateway).await;
    tell(&format!("{rounds} rounds of SIGKILL, {} messages stored", ledger.len()));
}

/// The writers of one round.
struct Load {
    tasks: JoinSet<Vec<(String, Vec<u8>)>>,
}

impl Load {
    /// Ids and values that were acknowledged before the end.
    async fn await_all(self) -> Vec<(String, Vec<u8>)> {
        self.tasks.join_all().await.into_iter().flatten().collect()
    }
}

fn publish_in_background(address: &str, round: u64) -> Load {
    let mut tasks = JoinSet::new();
    let sent = Arc::new(AtomicU64::new(0));
    for writer in 0..WRITERS {
        tasks.spawn(publish(address.to_owned(), round, writer, Arc::clone(&sent)));
    }
    Load { tasks }
}

/// Publishes in bursts until the gateway is gone: even writers to `kill-a`, odd ones to `kill-b`.
async fn publish(
    address: String,
    round: u64,
    writer: u64,
    sent: Arc<AtomicU64>,
) -> Vec<(String, Vec<u8>)> {
    let topic = if writer.is_multiple_of(2) { "kill-a" } else { "kill-b" };
    let mut acknowledged: Vec<(String, Vec<u8>)> = Vec::new();
    let mut last = 0;
    let Ok(mut client) = Client::connect(&address).await else { return acknowledged };
    loop {
        let burst: Vec<_> = (0..=writer)
            .map(|_| payload(round, writer, sent.fetch_add(1, Ordering::Relaxed)))
            .collect();
        let bytes: Vec<u8> = burst.iter().flat_map(|value| xadd(topic, value)).collect();
        if client.write(&bytes).await.is_err() {
            return acknowledged;
        }
        for value in burst {
            let Ok(Some(Reply::Bulk(id))) = client.next().await else { return acknowledged };
            let id = String::from_utf8(id).expect("ids are text");
            let number: u64 = id.trim_end_matches("-0").parse().expect("ids begin with a number");
            assert!(number > last, "{id} came after {last}-0 on one connection");
            last = number;
            acknowledged.push((format!("{topic}/{id}"), value));
        }
    }
}

fn xadd(topic: &str, value: &[u8]) -> Vec<u8> {
    sluicegate_tests::client::encode(&[b"XADD", topic.as_bytes(), b"*", b"value", value])
}

/// Timing only, so a linear congruential generator will do; its seed is shown.
struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    fn seeded() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is past 1970");
        let seed = number_from("SLUICEGATE_SEED", u64::from(now.subsec_nanos()));
        Self { seed, state: seed }
    }

    fn below(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.state >> 33) % end
    }
}

fn number_from(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |text| text.parse().expect("it is a number"))
}
