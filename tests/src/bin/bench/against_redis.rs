//! The gateway beside a real Redis, asked the same.

use sluicegate_tests::{client::encode, gateway, process::Process, redis::Redis};

use crate::{
    load::Work,
    rate::{Contestant, measure},
};

/// Lets a databus client publish to `bench`.
const ROW: &str = r#"
[[settings.apps]]
group = "g"
topic = "bench"
operation = "pubsub"
key = "k"
secret = "s"
"#;

/// Bytes of the value that is published.
const VALUE_BYTES: usize = 100;

/// PING, and SET of Redis against SET of the databus dialect, on 8 connections.
pub(crate) async fn ping_and_set() {
    let memory = gateway().set("broker.kind", "memory").plugin("auth-static", ROW).start().await;
    let Some(redis) = Redis::start(&["--appendonly", "no"]).await else { return };
    let hello = encode(&["AUTH", "k:s@g/topic=bench&role=pub"]);
    println!("\nPING and SET, 8 connections, a server CPU-second");
    println!("SET: the databus dialect through an authenticated session into the memory broker,");
    println!("which keeps every value; Redis overwrites one key, without a log on disk");
    let value = "x".repeat(VALUE_BYTES);
    let set = ["SET", "key", &value];
    for (command, depth) in [(&["PING"][..], 64), (&["PING"], 512), (&set, 64)] {
        let work = work(8, depth, command, 1);
        let ours = Work { hello: hello.clone(), ..work.clone() };
        let rates = measure(&[
            contestant(&memory.address, memory.process(), ours),
            contestant(&redis.address, redis.process(), work),
        ])
        .await;
        let [ours, theirs] = [0, 1].map(|n| rates[n].a_processor_second());
        println!(
            "  {:4} {depth:>3} in flight: sluicegate {ours:>10.0}  redis {theirs:>10.0}  \
             ratio {:.2}",
            command[0],
            ours / theirs
        );
    }
}

/// XADD into the embedded log against Redis with its log on disk, synced always and every second.
pub(crate) async fn xadd() {
    let ours = gateway().start().await;
    let Some(always) = redis_with_log("always").await else { return };
    let Some(everysec) = redis_with_log("everysec").await else { return };
    println!(
        "\nXADD of {VALUE_BYTES} bytes, a second. The embedded log answers after fdatasync, as"
    );
    println!("`appendfsync always` does; `everysec` may lose a second of answered entries");
    let value = "x".repeat(VALUE_BYTES);
    for depth in [1, 16] {
        for connections in [1, 16, 64] {
            let work = work(connections, depth, &["XADD", "bench", "*", "value", &value], 2);
            let rates = measure(&[
                contestant(&ours.address, ours.process(), work.clone()),
                contestant(&always.address, always.process(), work.clone()),
                contestant(&everysec.address, everysec.process(), work),
            ])
            .await;
            let [mine, always, everysec] = [0, 1, 2].map(|n| rates[n].a_second());
            println!(
                "  {connections:>2} connections, {depth:>2} in flight: sluicegate {mine:>8.0}  \
                 always {always:>8.0} (ratio {:.2})  everysec {everysec:>8.0} (ratio {:.2})",
                mine / always,
                mine / everysec
            );
        }
    }
}

/// Some connections that keep so many of one command in flight.
pub(crate) fn work(connections: usize, depth: usize, command: &[&str], reply_lines: usize) -> Work {
    Work { connections, depth, hello: Vec::new(), command: encode(command), reply_lines }
}

/// A gateway or a Redis with its load.
pub(crate) fn contestant<'s>(address: &'s str, process: &'s Process, work: Work) -> Contestant<'s> {
    Contestant { address, process, work }
}

async fn redis_with_log(sync: &str) -> Option<Redis> {
    Redis::start(&["--appendonly", "yes", "--appendfsync", sync]).await
}
