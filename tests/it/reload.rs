//! New plugins under traffic: no command fails, every answer is from one version or the other,
//! and memory stays where it was.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sluicegate_tests::{Client, console::tell, gateway, gateway::read, workspace};
use tokio::{task::JoinSet, time::sleep};

/// Reloads under traffic; `SLUICEGATE_RELOADS` sets another number.
const RELOADS: usize = 10_000;
/// Connections that publish and read back all the while.
const CLIENTS: usize = 4;
/// Reads of a client for each message it publishes.
const READS: usize = 50;
/// How far the memory of the last tenth may lie above that of the second one.
const GROWTH_MAX: f64 = 1.02;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_reloads_fail_no_command_and_keep_no_memory() {
    let reloads = env::var("SLUICEGATE_RELOADS").map_or(RELOADS, |n| n.parse().expect("a number"));
    // Memory is given back to the system at once and not taken in huge pages, so that what is
    // measured is what is in use, and not in steps of 2 MiB.
    let gateway = gateway()
        .variable("MIMALLOC_PURGE_DELAY", "0")
        .variable("MIMALLOC_ALLOW_THP", "0")
        .plugin("stamp", &stamp("even"))
        .start()
        .await;
    let mut operator = gateway.client().await;
    let wasm = read(&workspace::component("stamp"));
    let traffic = Traffic::begin(&gateway.address);
    let mut memory = Vec::new();
    let began = Instant::now();

    for n in 1..=reloads {
        let version = if n % 2 == 0 { "even" } else { "odd" };
        gateway.drop_in("stamp", &wasm, &stamp(version));
        assert_eq!(operator.send("PLUGIN RELOAD").await.error(), None, "reload {n}");
        if n % 100 == 0 {
            assert_eq!(stamped(&mut operator, "probe").await, version, "after reload {n}");
        }
        memory.push(gateway.process().anonymous_kib());
    }

    let took = began.elapsed();
    let published = traffic.end().await;
    assert!(published > 0);
    let tenths: Vec<f64> = (0..10).map(|tenth| least(&memory, tenth)).collect();
    let (second, last) = (tenths[1], tenths[9]);
    tell(&format!(
        "{reloads} reloads in {took:?}, {published} messages and {READS} reads each; KiB by tenths {tenths:?}"
    ));
    let grown = last / second;
    assert!(grown < GROWTH_MAX, "{second} KiB in the second tenth, {last} KiB in the last one");
}

#[tokio::test]
async fn a_file_that_changes_is_taken_by_itself() {
    let gateway = gateway().plugin("stamp", &stamp("old")).start().await;
    let mut client = gateway.client().await;
    assert_eq!(stamped(&mut client, "t").await, "old");

    gateway.drop_in("stamp", &read(&workspace::component("stamp")), &stamp("new"));

    let began = Instant::now();
    while stamped(&mut client, "t").await != "new" {
        assert!(began.elapsed() < Duration::from_secs(20), "never taken:\n{}", gateway.log());
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_file_that_comes_late_joins_and_one_that_goes_leaves() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    assert_eq!(client.send("XADD t * value loud").await, "$1-0");

    gateway.drop_in("upper", &read(&workspace::component("upper")), "");
    assert_eq!(client.send("PLUGIN RELOAD").await.error(), None);
    client.send("XADD t * value loud").await;
    std::fs::remove_file(gateway.plugins().join("upper.wasm")).expect("it is there");
    assert_eq!(client.send("PLUGIN RELOAD").await.error(), None);
    client.send("XADD t * value loud").await;

    let values = client.send("XRANGE t - +").await.to_string();
    let wanted = "[[$1-0, [$value, $loud]], [$2-0, [$value, $LOUD]], [$3-0, [$value, $loud]]]";
    assert_eq!(values, wanted);
}

/// Clients that publish and read back until they are told to stop.
struct Traffic {
    stop: Arc<AtomicBool>,
    published: Arc<AtomicU64>,
    tasks: JoinSet<()>,
}

impl Traffic {
    fn begin(address: &str) -> Self {
        let mut traffic =
            Self { stop: Arc::default(), published: Arc::default(), tasks: JoinSet::new() };
        for n in 0..CLIENTS {
            let (stop, published) = (Arc::clone(&traffic.stop), Arc::clone(&traffic.published));
            traffic.tasks.spawn(publish(address.to_owned(), n, stop, published));
        }
        traffic
    }

    async fn end(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.tasks.join_all().await;
        self.published.load(Ordering::Relaxed)
    }
}

async fn publish(address: String, n: usize, stop: Arc<AtomicBool>, published: Arc<AtomicU64>) {
    let mut client = Client::connect(&address).await.expect("it listens");
    let topic = format!("traffic-{n}");
    while !stop.load(Ordering::Relaxed) {
        let version = stamped(&mut client, &topic).await;
        assert!(["even", "odd"].contains(&version.as_str()), "{version:?}");
        published.fetch_add(1, Ordering::Relaxed);
        // Mostly reads, which meet the chain too: memory is measured, and the log keeps what was
        // stored last in memory.
        for _ in 0..READS {
            let read = client.send(&format!("XRANGE {topic} - + COUNT 10")).await;
            assert_eq!(read.error(), None);
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Settings of `stamp` that make it write this word.
fn stamp(word: &str) -> String {
    format!("[settings]\ntext = \"{word}\"\n")
}

/// Publishes one message and tells which version of `stamp` it met.
async fn stamped(client: &mut Client, topic: &str) -> String {
    let id = client.send(&format!("XADD {topic} * value v")).await;
    let id = String::from_utf8_lossy(id.bytes()).into_owned();
    let entries = client.send(&format!("XRANGE {topic} {id} {id}")).await;
    let shown = entries.items()[0].items()[1].items();
    let header = shown.iter().position(|field| *field == "$header:stamp");
    let header = header.unwrap_or_else(|| panic!("no stamp: {entries}"));
    String::from_utf8_lossy(shown[header + 1].bytes()).into_owned()
}

/// The least value of one tenth of a series: what is in use when no message is under way with an
/// older chain. How many are varies with the disk; something that is never freed raises the least.
fn least(series: &[u64], tenth: usize) -> f64 {
    let length = series.len() / 10;
    let part = &series[tenth * length..(tenth + 1) * length];
    let least = part.iter().min().copied().unwrap_or_default();
    f64::from(u32::try_from(least).expect("memory is less than 4 TiB"))
}
