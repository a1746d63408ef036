//! Two gateways on one Kafka, killed at random: a reader that moves between them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use sluicegate_tests::{Client, Gateway, console, faults::random::Random, gateway, kafka};
use tokio::{sync::Mutex, task::JoinHandle, time::sleep};

use super::read;

/// Entries that are to be acknowledged, for each number of partitions.
const ENTRIES: u64 = 12_000;
/// Kills, for each.
const KILLS: u32 = 6;
/// Longest run, for each.
const LIMIT: Duration = Duration::from_secs(90);

/// What writers, reader and killer share.
struct Scene {
    /// Where each gateway listens now.
    addresses: [Mutex<String>; 2],
    acknowledged: AtomicU64,
    is_written: AtomicBool,
    replies: AtomicUsize,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_moves_between_killed_gateways_sees_every_entry_exactly_once() {
    let Some(space) = kafka::space() else { return };
    for partitions in [1_u32, 3, 16] {
        let topic = format!("moving{partitions}");
        let fresh = || gateway().kafka(&space);
        let mut gateways = [fresh().start().await, fresh().start().await];
        let made = format!("TOPIC CREATE {topic} PARTITIONS {partitions}");
        assert_eq!(gateways[0].client().await.send(&made).await, "+OK");
        let scene = Arc::new(Scene {
            addresses: [
                Mutex::new(gateways[0].address.clone()),
                Mutex::new(gateways[1].address.clone()),
            ],
            acknowledged: AtomicU64::new(0),
            is_written: AtomicBool::new(false),
            replies: AtomicUsize::new(0),
        });
        let began = Instant::now();
        let writers: Vec<_> =
            (0..4).map(|n| tokio::spawn(write(Arc::clone(&scene), topic.clone(), n))).collect();
        let reader: JoinHandle<_> = tokio::spawn(follow(Arc::clone(&scene), topic.clone()));

        kill(&scene, &mut gateways, u64::from(partitions)).await;
        for writer in writers {
            writer.await.expect("it ends");
        }
        scene.is_written.store(true, Ordering::Release);
        let seen = reader.await.expect("it ends");

        let found = space.outside().await.read(&topic).await;
        let found = found.iter().map(|r| format!("{}-{}", r.offset + 1, r.partition));
        let mut found: Vec<_> = found.collect();
        let (held, replies) = (found.len(), scene.replies.load(Ordering::Relaxed));
        console::tell(&format!(
            "{partitions} partitions: {held} entries in {replies} replies, {KILLS} kills, {:?}",
            began.elapsed()
        ));
        let mut sorted = seen.clone();
        sorted.sort();
        found.sort();
        let twice = sorted.windows(2).filter(|pair| pair[0] == pair[1]).count();
        assert_eq!((sorted.len(), twice), (held, 0), "{partitions} partitions");
        assert!(sorted == found, "the reader saw others than Kafka holds");
        assert!(held as u64 >= ENTRIES);
    }
}

/// A connection to a gateway, as soon as one can be had.
async fn connect(scene: &Scene, which: usize) -> Client {
    loop {
        let address = scene.addresses[which % 2].lock().await.clone();
        if let Ok(client) = Client::connect(&address).await {
            return client;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Adds entries to one gateway after the other; what a kill leaves unanswered may be there or not.
async fn write(scene: Arc<Scene>, topic: String, number: usize) {
    let mut which = number;
    while scene.acknowledged.load(Ordering::Relaxed) < ENTRIES {
        let mut client = connect(&scene, which).await;
        which += 1;
        'connected: while scene.acknowledged.load(Ordering::Relaxed) < ENTRIES {
            let burst = 8;
            let command = format!("XADD {topic} * n 1\r\n").repeat(burst);
            if client.write(command.as_bytes()).await.is_err() {
                break;
            }
            for _ in 0..burst {
                match client.next().await {
                    Ok(Some(reply)) if reply.error().is_none() => {
                        scene.acknowledged.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(Some(_)) => {}
                    _ => break 'connected,
                }
            }
            sleep(Duration::from_millis(4)).await;
        }
    }
}

/// Reads with one cursor, from the other gateway after every reply, to the end of all that was
/// written.
async fn follow(scene: Arc<Scene>, topic: String) -> Vec<String> {
    let (mut seen, mut cursor, mut which) = (Vec::new(), "0".to_owned(), 0);
    let mut clients: [Option<Client>; 2] = [None, None];
    let began = Instant::now();
    let mut empty = 0;
    loop {
        assert!(began.elapsed() < LIMIT, "{} seen behind {cursor}", seen.len());
        let is_written = scene.is_written.load(Ordering::Acquire);
        which = (which + 1) % 2;
        let mut client = match clients[which].take() {
            Some(client) => client,
            None => connect(&scene, which).await,
        };
        let count = 1 + seen.len() % 200;
        let block = if is_written { "" } else { "BLOCK 500" };
        let command = format!("XREAD COUNT {count} {block} STREAMS {topic} {cursor}\r\n");
        if client.write(command.as_bytes()).await.is_err() {
            continue;
        }
        let Ok(Some(reply)) = client.next().await else { continue };
        if reply.error().is_some() {
            // A gateway that just started, or whose Kafka had no answer: nothing was read.
            sleep(Duration::from_millis(20)).await;
            continue;
        }
        let got: Vec<_> = read(&reply).into_iter().map(|(id, _)| id).collect();
        scene.replies.fetch_add(1, Ordering::Relaxed);
        cursor = got.last().cloned().unwrap_or(cursor);
        empty = if got.is_empty() && is_written { empty + 1 } else { 0 };
        seen.extend(got);
        clients[which] = Some(client);
        // Both gateways say that there is no more.
        if empty == 4 {
            return seen;
        }
    }
}

/// Kills a gateway now and then, and starts it again.
async fn kill(scene: &Scene, gateways: &mut [Gateway; 2], seed: u64) {
    let mut random = Random::new(seed);
    for n in 1..=KILLS {
        let due = ENTRIES * u64::from(n) / u64::from(KILLS + 1);
        while scene.acknowledged.load(Ordering::Relaxed) < due {
            sleep(Duration::from_millis(5)).await;
        }
        sleep(Duration::from_millis(random.between(0, 100))).await;
        let which = random.index(2);
        gateways[which].kill().await;
        sleep(Duration::from_millis(random.between(0, 200))).await;
        gateways[which].start_again().await;
        *scene.addresses[which].lock().await = gateways[which].address.clone();
    }
}
