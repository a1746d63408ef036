//! `make bench`: ratios against a real Redis, between chains and against clients that go to Kafka
//! themselves, all measured in one run.
//!
//! ```text
//! bench [redis] [chain] [conversations] [kafka] [builds]     only these parts; without a name all
//! ```
//!
//! The machine's speed cancels out: everything is measured by turns, several times, and compared
//! with what ran next to it. The load comes from this same machine, so rates a second are those
//! of server and load together; rates a server CPU-second are the server's alone.

#![allow(clippy::print_stdout, reason = "the report is what this program is for")]

// A binary looks for its modules beside itself; these lie in a folder of its name.
#[path = "bench/load.rs"]
mod load;
#[path = "bench/rate.rs"]
mod rate;
#[path = "bench/against_redis.rs"]
mod against_redis;
#[path = "bench/chain.rs"]
mod chain;
#[path = "bench/conversations.rs"]
mod conversations;
#[path = "bench/builds.rs"]
mod builds;
#[path = "bench/kafka.rs"]
mod kafka;

use std::{env, time::Instant};

use tokio::runtime::Builder;

fn main() {
    let began = Instant::now();
    println!("program: {}", sluicegate_tests::workspace::program().display());
    let named: Vec<_> = env::args().skip(1).collect();
    let is_wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);

    // One thread of load leaves the servers the rest of the machine.
    let one = Builder::new_current_thread().enable_all().build().expect("there are threads");
    one.block_on(async {
        if is_wanted("redis") {
            against_redis::ping_and_set().await;
            against_redis::xadd().await;
        }
        if is_wanted("chain") {
            chain::filters().await;
            chain::roles().await;
        }
        if is_wanted("conversations") {
            conversations::beside_start_ups().await;
        }
        if is_wanted("builds") {
            builds::all().await;
        }
    });
    // A direct client is load and rival at once, and must not be held back by one thread.
    let two = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    if is_wanted("kafka") {
        two.expect("there are threads").block_on(kafka::all());
    }

    println!("\n{} s in all", began.elapsed().as_secs());
}
