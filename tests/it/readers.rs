//! Ten thousand readers of one topic: what each of them costs, and how soon they hear.

use std::{
    collections::HashSet,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use sluicegate_tests::{
    Client, Gateway, client::encode, console::tell, faults::proxy::Proxy, gateway, kafka,
    process::PATIENCE,
};
use tokio::{
    runtime,
    sync::{Barrier, BarrierWaitResult, mpsc},
    task::JoinSet,
    time::sleep,
};

/// Readers that wait at the same time.
const READERS: usize = 10_000;
/// Entries that each of them gets, one after the other.
const ENTRIES: usize = 5;
/// Connections that are being made at the same time.
const CONNECTING: usize = 200;
/// Partitions of the topic on Kafka.
const PARTITIONS: u64 = 3;

#[tokio::test]
async fn ten_thousand_readers_of_kafka_share_the_fetches_of_one() {
    // A thread of its own: ten thousand clients must not hold up what lies before Kafka.
    let apart = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let apart = apart.expect("a thread can be started");
    let proxy = apart.spawn(Proxy::start()).await.expect("it starts").expect("a port is free");
    let description = kafka::cluster().advertise(1, proxy.address());
    let Some(cluster) = description.start().await else { return };
    proxy.lead_to(&cluster.address(1));
    let space = cluster.space();
    // One partition, and three with one cursor.
    for (topic, key) in [("one", "one:0"), ("all", "all")] {
        let gateway = gateway().kafka(&space).set("listen.connections_max", 10_100).start().await;
        let mut writer = gateway.client().await;
        let make = format!("TOPIC CREATE {topic} PARTITIONS {PARTITIONS}");
        assert_eq!(writer.send(&make).await, "+OK");
        // Kafka answers before it tells everybody of the topic; a busy one takes its time.
        let began = Instant::now();
        while writer.send(&format!("XLEN {topic}")).await.error().is_some() {
            assert!(began.elapsed() < PATIENCE, "{topic} never came");
            sleep(Duration::from_millis(20)).await;
        }
        proxy.forget_fetches();
        share(&gateway, &mut writer, &proxy, key).await;
    }
    apart.shutdown_background();
}

async fn share(gateway: &Gateway, writer: &mut Client, proxy: &Proxy, key: &str) {
    let mut readers = Readers::wait(gateway, key).await;
    let beginning = proxy.fetches();
    proxy.forget_fetches();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = proxy.fetches().asked;
    readers.hear(writer, key).await;

    let after = proxy.fetches();
    tell(&format!(
        "readers of {key} on Kafka: {} fetches until all {READERS} waited, over {} connections; {idle} in 2 s of \
         waiting, {} for {ENTRIES} entries, at most {} under way and {} connections more",
        beginning.asked,
        beginning.connections,
        after.asked - idle,
        after.most_open,
        after.connections,
    ));
    assert!(after.most_open <= PARTITIONS, "{after:?}");
}

#[tokio::test]
async fn ten_thousand_readers_hear_of_every_entry() {
    let gateway = gateway().embedded().set("listen.connections_max", 10_100).start().await;
    let mut writer = gateway.client().await;
    assert_eq!(writer.send("TOPIC CREATE t PARTITIONS 1").await, "+OK");

    let mut readers = Readers::wait(&gateway, "t").await;
    readers.hear(&mut writer, "t").await;
}

/// Waiting clients, each a task.
struct Readers {
    tasks: JoinSet<()>,
    /// When each heard.
    heard: mpsc::Receiver<Instant>,
}

impl Readers {
    /// Connects all and has them wait; tells what memory that took.
    async fn wait(gateway: &Gateway, key: &str) -> Self {
        let before = gateway.process().anonymous_kib();
        let (tell_heard, heard) = mpsc::channel(READERS);
        let waiting = Arc::new(Barrier::new(READERS + 1));
        let connecting = Arc::new(tokio::sync::Semaphore::new(CONNECTING));
        let mut tasks = JoinSet::new();
        for _ in 0..READERS {
            let (address, key) = (gateway.address.clone(), key.to_owned());
            let (waiting, connecting) = (Arc::clone(&waiting), Arc::clone(&connecting));
            let tell_heard = tell_heard.clone();
            tasks.spawn(async move {
                let turn = connecting.acquire().await.expect("it stays open");
                let mut client = Client::connect(&address).await.expect("it is taken");
                // An answer first: then nothing stands between this client and its wait.
                assert_eq!(client.send("PING").await, "+PONG");
                ask(&mut client, &key, "$").await;
                drop(turn);
                waiting.wait().await;
                // Its patience begins when all are blocked: until then nothing is written.
                stay_blocked(&mut client, &key, waiting.wait()).await;
                read(client, &key, &tell_heard).await;
            });
        }
        waiting.wait().await;
        await_blocked(gateway).await;
        waiting.wait().await;
        let kib = gateway.process().anonymous_kib() - before;
        tell(&format!("{READERS} waiting readers take {} bytes each", kib * 1024 / READERS as u64));
        Self { tasks, heard }
    }

    /// Adds entries one by one; tells how long it took until the readers had each.
    async fn hear(&mut self, writer: &mut Client, key: &str) {
        for _ in 0..ENTRIES {
            let began = Instant::now();
            let stored = writer.publish(&format!("XADD {key} * f v")).await;
            assert_eq!(stored.error(), None, "{stored}");
            let added = began.elapsed();
            let mut took = Vec::with_capacity(READERS);
            for _ in 0..READERS {
                let heard = self.heard.recv().await.expect("every reader hears");
                took.push(heard.saturating_duration_since(began));
            }
            took.sort_unstable();
            let at = |percent: usize| took[(READERS - 1) * percent / 100];
            tell(&format!(
                "stored after {added:?}; {READERS} readers had it after {:?} (first), {:?} (half), \
                 {:?} (99 %), {:?} (last)",
                at(0),
                at(50),
                at(99),
                at(100)
            ));
        }
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("no reader failed");
        }
    }
}

async fn ask(client: &mut Client, key: &str, id: &str) {
    let read = encode(&["XREAD", "BLOCK", "0", "STREAMS", key, id]);
    client.write(&read).await.expect("it is open");
}

/// Asks again where a busy broker had no answer, until all are blocked.
async fn stay_blocked(
    client: &mut Client,
    key: &str,
    all: impl Future<Output = BarrierWaitResult>,
) {
    const PAUSE: Duration = Duration::from_millis(200);
    let mut all = pin!(all);
    loop {
        tokio::select! {
            // First: what comes after it is an entry.
            biased;
            _ = all.as_mut() => return,
            is_silent = client.is_silent_for(PATIENCE) => {
                if is_silent {
                    continue;
                }
                let reply = client.reply().await;
                assert!(reply.error().is_some(), "nothing is written yet: {reply}");
                sleep(PAUSE).await;
                ask(client, key, "$").await;
            }
        }
    }
}

/// Reads with one cursor until all entries came, each once.
async fn read(mut client: Client, key: &str, heard: &mpsc::Sender<Instant>) {
    let mut seen = HashSet::new();
    for n in 1..=ENTRIES {
        let reply = client.reply().await;
        let [entry] = reply.items()[0].items()[1].items() else { panic!("one at a time: {reply}") };
        let id = String::from_utf8_lossy(entry.items()[0].bytes()).into_owned();
        heard.send(Instant::now()).await.expect("they are counted");
        if n < ENTRIES {
            ask(&mut client, key, &id).await;
        }
        assert!(seen.insert(id), "{reply}");
    }
}

/// Waits until the gateway says that all are blocked.
async fn await_blocked(gateway: &Gateway) {
    let mut client = gateway.client().await;
    let wanted = format!("blocked_clients:{READERS}\r\n");
    let began = Instant::now();
    while !String::from_utf8_lossy(client.send("INFO clients").await.bytes()).contains(&wanted) {
        assert!(began.elapsed() < Duration::from_mins(1), "{}", client.send("INFO clients").await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
