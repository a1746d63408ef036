//! SET and XADD through the gateway beside clients that publish to the same topic themselves.

use std::{sync::Arc, time::Duration};

use krafka::producer::Producer;
use sluicegate_tests::Gateway;

use super::{
    PUBLISHED, Stage,
    batcher::{Batched, Batcher},
    caller::{Caller, Round, Shape, round},
    connection::{Connection, Verb},
    direct::{self, Direct},
    numbers::{added, median, ratio},
};

/// Rounds of each side; the sides take turns.
const ROUNDS: usize = 5;
/// Length of a round.
const TIME: Duration = Duration::from_millis(300);
/// Load of each side before the first round, not measured.
const WARM_UP: Duration = Duration::from_millis(200);
/// The same before everything: Java compiles what runs often.
const WARM_UP_BROKER: Duration = Duration::from_secs(2);

/// Who publishes.
#[derive(Clone, Copy)]
enum Side {
    Rskafka,
    Krafka,
    Gateway(Verb),
}

const SIDES: [(&str, Side); 5] = [
    ("rskafka", Side::Rskafka),
    ("krafka", Side::Krafka),
    ("PING", Side::Gateway(Verb::Ping)),
    ("SET", Side::Gateway(Verb::Set)),
    ("XADD", Side::Gateway(Verb::Xadd)),
];

/// The gateway and the direct clients, each with what it shares among its callers.
struct Publishers<'s> {
    gateway: &'s Gateway,
    batcher: Arc<Batcher>,
    producer: Arc<Producer>,
    topic: String,
}

/// The rounds of one side in one shape, in short.
struct Summary {
    rate: f64,
    p50: f64,
    p99: f64,
    /// The gateway's processor time for one message, in microseconds.
    processor: f64,
    /// The gateway's memory after it, in MiB.
    resident: u64,
}

/// Prints a row for every side in every shape.
pub(crate) async fn compare(stage: &Stage) {
    let topic = stage.space.name(PUBLISHED);
    let publishers = Publishers {
        gateway: &stage.gateway,
        batcher: Batcher::start(&stage.space, &topic).await,
        producer: direct::producer(&stage.space).await,
        topic,
    };
    head();
    let busiest = Shape { callers: 64, depth: 64 };
    for (_, side) in SIDES {
        publishers.round(side, busiest, WARM_UP_BROKER).await;
    }
    for depth in [1, 64] {
        for callers in [1, 16, 64, 256] {
            let shape = Shape { callers, depth };
            let summaries = publishers.measure(shape).await;
            println!("  connections: {callers}, in flight on each: {depth}");
            summaries.iter().zip(SIDES).for_each(|(summary, (name, side))| {
                println!("    {name:8}{}", row(side, summary, &summaries));
            });
        }
    }
}

fn head() {
    println!("\nacknowledged publishing to 4 partitions of one Kafka broker, values of 100 bytes");
    println!("targets: 0.8 of a direct client's rate, 0.2 ms added to it; `!` where missed");
    println!("PING stores nothing: it shows what the connections cost by themselves");
    println!("times are those of a burst: of all messages that a connection has in flight");
    println!(concat!(
        "                 rate     p50     p99  share of rate     ms over rskafka ",
        "  ms over krafka    processor resident"
    ));
    println!(concat!(
        "                  k/s      ms      ms  rskafka  krafka       p50     p99 ",
        "      p50     p99     us each      MiB"
    ));
}

fn row(side: Side, summary: &Summary, all: &[Summary]) -> String {
    let Summary { rate, p50, p99, processor, resident } = summary;
    let mut row = format!("{:>9.1}{p50:>8.2}{p99:>8.2}", rate / 1e3);
    if let Side::Gateway(_) = side {
        let [rskafka, krafka] = [&all[0], &all[1]];
        row += &format!("  {}{}", ratio(rate / rskafka.rate), ratio(rate / krafka.rate));
        for direct in [rskafka, krafka] {
            row += &format!("  {}{}", added(p50 - direct.p50), added(p99 - direct.p99));
        }
        row += &format!("  {processor:>9.1}{resident:>9}");
    }
    row
}

impl Publishers<'_> {
    async fn measure(&self, shape: Shape) -> Vec<Summary> {
        for (_, side) in SIDES {
            self.round(side, shape, WARM_UP).await;
        }
        let mut rounds = SIDES.map(|_| Vec::new());
        for _ in 0..ROUNDS {
            for ((_, side), rounds) in SIDES.into_iter().zip(&mut rounds) {
                let before = self.gateway.process().processor_time();
                let round = self.round(side, shape, TIME).await;
                let used = self.gateway.process().processor_time().saturating_sub(before);
                let resident = self.gateway.process().resident_kib() / 1024;
                rounds.push((round, used.as_secs_f64(), resident));
            }
        }
        rounds.iter().map(|rounds| summary(rounds)).collect()
    }

    async fn round(&self, side: Side, shape: Shape, time: Duration) -> Round {
        let callers = 0..shape.callers;
        match side {
            Side::Rskafka => {
                let caller = |n| Batched::new(&self.batcher, shape, n);
                run(callers.map(caller).collect(), shape, time).await
            }
            Side::Krafka => {
                let caller = |n| Direct::new(&self.producer, &self.topic, shape, n);
                run(callers.map(caller).collect(), shape, time).await
            }
            Side::Gateway(verb) => {
                let mut connections = Vec::new();
                for n in callers {
                    let address = &self.gateway.address;
                    connections.push(Connection::publishing(address, verb, shape, n).await);
                }
                run(connections, shape, time).await
            }
        }
    }
}

async fn run<C: Caller>(callers: Vec<C>, shape: Shape, time: Duration) -> Round {
    round(callers, shape.depth, time).await
}

fn summary(rounds: &[(Round, f64, u64)]) -> Summary {
    let of = |number: fn(&Round) -> f64| median(rounds.iter().map(|(round, ..)| number(round)));
    let messages: f64 = rounds.iter().map(|(round, ..)| round.messages).sum();
    // Over all rounds: the kernel counts in steps of 10 ms.
    let processor: f64 = rounds.iter().map(|(_, processor, _)| processor).sum();
    Summary {
        rate: of(Round::rate),
        p50: of(|round| round.p50),
        p99: of(|round| round.p99),
        processor: processor / messages * 1e6,
        resident: rounds.last().map_or(0, |(.., resident)| *resident),
    }
}
