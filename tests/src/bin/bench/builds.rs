//! Two builds of the gateway beside each other: what one message costs each of them.
//!
//! `SLUICEGATE_OLD` names the older program. A pair is one turn of each, the first of them by
//! turns; a pair's ratio is the older build's processor time for a message over the newer one's.

use std::{env, path::PathBuf, time::Duration};

use sluicegate_tests::{
    Gateway,
    client::encode,
    gateway,
    kafka::{self, Space},
};

use crate::{
    against_redis::work,
    kafka::{PARTITIONS, PUBLISHED, ROWS, VALUE, connection::Connection, mget, numbers::median},
    load::{self, Work},
};

/// Pairs for each load. The number is odd, so that one of them is the median; with a third of it a
/// busy disk moved the median by 4 %.
const PAIRS: usize = 61;
/// The ratio's interval goes from this pair to its mirror image in sorted order: it holds the true
/// median with 96 % (binomial, 61 pairs).
const INTERVAL_FROM: usize = 22;
/// Length of a turn.
const TURN: Duration = Duration::from_millis(500);
/// Load before the first pair, not measured.
const WARM_UP: Duration = Duration::from_secs(2);
/// Messages that MGET reads in a turn.
const FILLED_MESSAGES: usize = 200_000;

/// Prints a row for every load; nothing where no older program is named.
pub(crate) async fn all() {
    let Some(old) = env::var_os("SLUICEGATE_OLD").map(PathBuf::from) else { return };
    println!("\n{} and this build: processor time a message, {PAIRS} pairs", old.display());
    println!("  {:34}{:>9}{:>9}{:>8}  interval", "", "old ns", "new ns", "ratio");
    let login = encode(&["AUTH", "k:s@g/topic=published&role=pub"]);
    let log = || gateway().plugin("auth-static", ROWS);
    let both = [log().program(&old).start().await, log().start().await];
    let logged_in = |work: Work| Work { hello: login.clone(), ..work };
    compare("PING, 8 x 64", &both, logged_in(work(8, 64, &["PING"], 1))).await;
    let xadd = ["XADD", PUBLISHED, "*", "value", VALUE];
    for depth in [64, 1] {
        let name = format!("XADD, embedded log, 64 x {depth}");
        compare(&name, &both, logged_in(work(64, depth, &xadd, 2))).await;
    }
    compare_mget(&both).await;

    let Some(cluster) = kafka::cluster().start().await else { return };
    let space = cluster.space();
    space.outside().await.create_topic(PUBLISHED, PARTITIONS, 1).await;
    let over = |space: &Space| gateway().kafka(space).plugin("auth-static", ROWS);
    let both = [over(&space).program(&old).start().await, over(&space).start().await];
    for depth in [64, 1] {
        let name = format!("SET, Kafka, 64 x {depth}");
        compare(&name, &both, logged_in(work(64, depth, &["SET", "key", VALUE], 1))).await;
    }
}

/// One load on both builds.
async fn compare(name: &str, both: &[Gateway; 2], work: Work) {
    for gateway in both {
        load::run(&gateway.address, &work, WARM_UP).await;
    }
    let publish = async |gateway: &Gateway| load::run(&gateway.address, &work, TURN).await.0;
    print(name, &pairs(both, publish).await);
}

/// The same for records that are read from their beginning, over the embedded log.
async fn compare_mget(both: &[Gateway; 2]) {
    let read = async |gateway: &Gateway| {
        let (messages, _) = mget(&gateway.address, "pb", 1000, FILLED_MESSAGES).await;
        messages as u64
    };
    for gateway in both {
        let mut connection =
            Connection::open(&gateway.address, "k:s@g/topic=filled&role=pub").await;
        // A SET would give them a colour, and so one group only.
        let xadd = encode(&["XADD", "filled", "*", "value", VALUE]);
        connection.fill(&xadd, 2, FILLED_MESSAGES).await;
        read(gateway).await;
    }
    print("MGET, embedded log, 1000 at once", &pairs(both, read).await);
}

/// Processor time a message, in nanoseconds, of each turn of each build; `turn` says how many
/// messages it was.
async fn pairs(both: &[Gateway; 2], turn: impl AsyncFn(&Gateway) -> u64) -> [Vec<f64>; 2] {
    let mut turns = [Vec::new(), Vec::new()];
    for pair in 0..PAIRS {
        for side in order(pair) {
            let process = both[side].process();
            let before = process.time_on_processors();
            let messages = turn(&both[side]).await;
            let used = process.time_on_processors().saturating_sub(before);
            turns[side].push(each(used, messages));
        }
    }
    turns
}

/// Who begins a pair.
fn order(pair: usize) -> [usize; 2] {
    if pair.is_multiple_of(2) { [0, 1] } else { [1, 0] }
}

/// Nanoseconds a message.
#[allow(clippy::cast_precision_loss, reason = "rates need no 53 bits")]
fn each(time: Duration, messages: u64) -> f64 {
    time.as_secs_f64() * 1e9 / messages as f64
}

fn print(name: &str, [old, new]: &[Vec<f64>; 2]) {
    let mut ratios: Vec<_> = old.iter().zip(new).map(|(old, new)| old / new).collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "  {name:34}{:>9.0}{:>9.0}{:>8.3}  {:.3} to {:.3}",
        median(old.iter().copied()),
        median(new.iter().copied()),
        ratios[PAIRS / 2],
        ratios[INTERVAL_FROM],
        ratios[PAIRS - 1 - INTERVAL_FROM]
    );
}
