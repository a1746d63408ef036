//! `make bench`: ratios against a real Redis and between chains, all measured in one run.
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

use std::time::Instant;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let began = Instant::now();
    println!("program: {}", sluicegate_tests::workspace::program().display());

    against_redis::ping_and_set().await;
    against_redis::xadd().await;
    chain::filters().await;
    chain::roles().await;

    println!("\n{} s in all", began.elapsed().as_secs());
}
