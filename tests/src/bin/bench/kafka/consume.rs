//! MGET through the gateway beside clients that fetch the same records themselves.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use krafka::Kafka;
use sluicegate_tests::client::encode;

use super::{
    FILLED, Stage, batcher,
    caller::{Caller, Shape},
    connection::Connection,
    direct::{self, Direct},
    numbers::{median, ratio},
};

/// Rounds of each side; the sides take turns. The first is not counted.
const ROUNDS: usize = 4;

/// Callers and messages of each that fill the topic.
const FILLING: Shape = Shape { callers: 1, depth: 200_000 };

/// Who consumes.
#[derive(Clone, Copy)]
enum Side {
    Rskafka,
    Krafka,
    Mget { form: &'static str, batch: usize },
}

const SIDES: [Side; 6] = [
    Side::Rskafka,
    Side::Krafka,
    Side::Mget { form: "pb", batch: 100 },
    Side::Mget { form: "pb", batch: 1000 },
    Side::Mget { form: "json", batch: 100 },
    Side::Mget { form: "json", batch: 1000 },
];

/// What one round showed.
#[derive(Clone, Copy)]
struct Round {
    /// Records a second.
    rate: f64,
    /// The gateway's processor time, in seconds.
    processor: f64,
}

/// Prints a row for every side.
pub(crate) async fn compare(stage: &Stage) {
    let topic = stage.space.name(FILLED);
    let producer = direct::producer(&stage.space).await;
    Direct::new(&producer, &topic, FILLING, 0).burst().await;
    let kafka = direct::connect(&stage.space).await;

    println!("\nconsuming {} records of 100 bytes from their beginning, one consumer", records());
    println!("share of a direct client's rate; the target is 0.8, `!` where missed");
    println!("{:26}{:>9}{:>9}{:>8}{:>11}", "", "k/s", "rskafka", "krafka", "us each");
    let mut rounds = SIDES.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (side, rounds) in SIDES.into_iter().zip(&mut rounds) {
            rounds.push(consume(stage, &kafka, side).await);
        }
    }
    let rates = rounds.each_ref().map(|rounds| median(rounds[1..].iter().map(|round| round.rate)));
    for ((side, rounds), rate) in SIDES.into_iter().zip(&rounds).zip(rates) {
        let Side::Mget { form, batch } = side else { continue };
        let name = format!("MGET {form}, {batch} at once");
        let processor = median(rounds[1..].iter().map(|round| round.processor));
        let each = processor / messages(records()) * 1e6;
        let shares = [rates[0], rates[1]].map(|direct| ratio(rate / direct)).concat();
        println!("  {name:24}{:>9.1} {shares}{each:>10.1}", rate / 1e3);
    }
    println!("  direct: rskafka {:.1} k/s, krafka {:.1} k/s", rates[0] / 1e3, rates[1] / 1e3);
}

async fn consume(stage: &Stage, kafka: &Kafka, side: Side) -> Round {
    let process = stage.gateway.process();
    let before = process.processor_time();
    let (counted, time) = match side {
        Side::Rskafka => {
            let clients = batcher::clients(&stage.space, &stage.space.name(FILLED)).await;
            let began = Instant::now();
            (batcher::read_all(clients).await, began.elapsed())
        }
        Side::Krafka => krafka(kafka, &stage.space.name(FILLED)).await,
        Side::Mget { form, batch } => mget(&stage.gateway.address, form, batch, records()).await,
    };
    let processor = process.processor_time().saturating_sub(before).as_secs_f64();
    Round { rate: messages(counted) / time.as_secs_f64(), processor }
}

/// Counted from the first answer on: before it lies the assignment.
async fn krafka(kafka: &Kafka, topic: &str) -> (usize, Duration) {
    let consumer = direct::consumer(kafka, topic).await;
    let first = direct::poll(&consumer).await;
    let began = Instant::now();
    let mut count = first;
    while count < records() {
        count += direct::poll(&consumer).await;
    }
    let time = began.elapsed();
    consumer.close().await.expect("it belongs to no group");
    (count - first, time)
}

/// Counted from the first answer on: before it a new group is joined.
pub(crate) async fn mget(
    address: &str,
    form: &str,
    batch: usize,
    records: usize,
) -> (usize, Duration) {
    static GROUPS: AtomicU32 = AtomicU32::new(0);
    // Each colour is a group of its own, and records without a colour reach all.
    let colour = GROUPS.fetch_add(1, Ordering::Relaxed);
    let login = format!(
        "k:s@g/topic={FILLED}&role=sub&color=c{colour}&offset=oldest&block=10000&batch={batch}"
    );
    let mut connection = Connection::open(address, &login).await;
    let command = encode(&["MGET", form]);
    let first = connection.array(&command).await;
    let began = Instant::now();
    let mut count = first;
    while count < records {
        let more = connection.array(&command).await;
        assert_ne!(more, 0, "records that are there did not come");
        count += more;
    }
    (count - first, began.elapsed())
}

fn records() -> usize {
    FILLING.callers * FILLING.depth
}

#[allow(clippy::cast_precision_loss, reason = "rates need no 53 bits")]
fn messages(count: usize) -> f64 {
    count as f64
}
