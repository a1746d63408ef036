//! Two gateways that come and go, one group: who reads what, and what comes again.

mod ledger;
mod workers;

use std::{
    sync::{
        Arc, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sluicegate_tests::{
    Gateway,
    console::tell,
    faults::random::Random,
    gateway,
    kafka::{self, Space},
};
use tokio::time::sleep;

use ledger::Ledger;
use workers::{consume, write};

/// Writers go on, and gateways come and go, for so long.
const LASTS: Duration = Duration::from_secs(16);
/// All that is left is consumed within this time.
const SETTLES: Duration = Duration::from_mins(1);
const WRITERS: u64 = 2;
const CONSUMERS: usize = 4;

/// What all tasks share.
pub(super) struct Stage {
    /// Addresses of the gateways, as they are now.
    addresses: RwLock<Vec<String>>,
    ledger: Ledger,
    writers_stop: AtomicBool,
    consumers_stop: AtomicBool,
}

impl Stage {
    /// Address of the gateway that the `n`th client uses at its `turn`.
    fn address(&self, n: usize) -> String {
        let addresses = self.addresses.read().expect("no writer panics");
        addresses[n % addresses.len()].clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_delivered_again_by_no_gateway_that_comes_or_goes() {
    let Some(space) = kafka::space() else { return };
    let mut gateways = [start(&space).await, start(&space).await];
    let mut client = gateways[0].client().await;
    assert_eq!(client.send("TOPIC CREATE t PARTITIONS 4").await, "+OK");
    assert_eq!(client.send("XGROUP CREATE t g 0").await, "+OK");
    let stage = Arc::new(Stage {
        addresses: RwLock::new(gateways.iter().map(|gateway| gateway.address.clone()).collect()),
        ledger: Ledger::default(),
        writers_stop: AtomicBool::new(false),
        consumers_stop: AtomicBool::new(false),
    });
    let writers: Vec<_> =
        (0..WRITERS).map(|n| tokio::spawn(write(Arc::clone(&stage), n))).collect();
    let consumers: Vec<_> =
        (0..CONSUMERS).map(|n| tokio::spawn(consume(Arc::clone(&stage), n))).collect();

    let seed = std::env::var("SLUICEGATE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    let (kills, restarts) = disturb(&stage, &mut gateways, Random::new(seed)).await;

    stage.writers_stop.store(true, Ordering::Release);
    for writer in writers {
        writer.await.expect("it writes to the end");
    }
    let began = Instant::now();
    while let Some(left) = stage.ledger.undelivered() {
        assert!(began.elapsed() < SETTLES, "{left}; seed {seed}");
        sleep(Duration::from_millis(100)).await;
    }
    stage.consumers_stop.store(true, Ordering::Release);
    for consumer in consumers {
        consumer.await.expect("it reads to the end");
    }
    let told = stage.ledger.report();
    tell(&format!("{told}, {kills} kills, {restarts} clean restarts, seed {seed}"));
    // Partitions move when a gateway goes and when it comes.
    stage.ledger.check(2 * (kills + restarts) + 2);
}

async fn start(space: &Space) -> Gateway {
    let quick = "session_timeout_ms = 6000\nmetadata_refresh_ms = 500";
    gateway().kafka(space).cluster("main", quick).start().await
}

/// Kills and restarts gateways, and lets consumers die, at random; how often each.
async fn disturb(stage: &Stage, gateways: &mut [Gateway], mut random: Random) -> (usize, usize) {
    let (mut kills, mut restarts) = (0, 0);
    let began = Instant::now();
    while began.elapsed() < LASTS {
        sleep(Duration::from_millis(random.between(500, 1_500))).await;
        let at = random.index(gateways.len());
        let gateway = &mut gateways[at];
        if random.between(0, 1) == 0 {
            gateway.kill().await;
            kills += 1;
        } else {
            assert!(gateway.terminate().await.success(), "{}", gateway.log());
            restarts += 1;
        }
        sleep(Duration::from_millis(random.between(0, 500))).await;
        gateway.start_again().await;
        stage.addresses.write().expect("no reader panics")[at].clone_from(&gateway.address);
    }
    (kills, restarts)
}
