//! Any conversation: EXPLAIN changes nothing, and what it foretells comes true.

use std::collections::BTreeMap;

use serde_json::Value;
use sluicegate_tests::{faults::random::Random, gateway};

use super::{comes_true, ends, line_comes_true, words};
use crate::databus::{DSN, databus, make_topic};

/// Commands of one conversation.
const STEPS: usize = 120;

const FILTER: &str = "topics = [\"orders\", \"many\"]\n[settings]\nredact = [\"card\"]\n";
const ROUTES: &str =
    "[[settings.rules]]\ntopic = \"events\"\nfield = \"kind\"\nto = \"events.{value}\"";
const HASH: &str = "[settings]\nformula = \"round-robin\"";

#[tokio::test]
async fn what_is_foretold_of_streams_comes_true() {
    let mut met = Met::default();
    for seed in [1, 2, 3] {
        let gateway = gateway()
            .plugin("filter-json", FILTER)
            .plugin("route-rules", ROUTES)
            .plugin("partition-hash", HASH)
            .start()
            .await;
        let mut client = gateway.client().await;
        client.send("TOPIC CREATE many PARTITIONS 3").await;
        let mut random = Random::new(seed);
        for _ in 0..STEPS {
            met.note(&comes_true(&mut client, &command(&mut random)).await);
        }
    }
    met.holds(&["stored", "shown", "refused by a plugin", "error", "changes"]);
}

#[tokio::test]
async fn what_is_foretold_of_the_databus_dialect_comes_true() {
    let mut met = Met::default();
    for seed in [1, 2] {
        let gateway = databus().plugin("partition-hash", HASH).start().await;
        make_topic(&gateway, "orders", 3).await;
        let dsn = format!("{DSN}&offset=oldest").replace("block=300", "block=1");
        let mut client = gateway.client_as(&dsn).await;
        let mut random = Random::new(seed);
        for _ in 0..STEPS {
            let line = match random.between(0, 3) {
                0 | 1 => format!("SET key-{} {}", random.between(0, 5), random.between(0, 99)),
                2 => "MGET".to_owned(),
                _ => format!("SET {} {} COMMIT", random.between(0, 3), random.between(0, 20)),
            };
            met.note(&line_comes_true(&mut client, &line).await);
        }
    }
    met.holds(&["stored", "shown", "error", "changes"]);
}

/// What the commands of a conversation came to: chance must not make it too easy.
#[derive(Default)]
struct Met(BTreeMap<String, usize>);

impl Met {
    fn note(&mut self, told: &Value) {
        let mut count = |what: &str| *self.0.entry(what.to_owned()).or_default() += 1;
        if told.get("command").is_none() {
            return count("error");
        }
        ends(told).into_iter().for_each(|end| match end {
            "refused" => count("refused by a plugin"),
            end => count(end),
        });
        if !words(told, "changes").is_empty() {
            count("changes");
        }
    }

    fn holds(&self, wanted: &[&str]) {
        for what in wanted {
            let count = self.0.get(*what).copied().unwrap_or_default();
            assert!(count >= 10, "{what} came {count} times: {:?}", self.0);
        }
    }
}

/// One of many, mostly one that makes sense.
fn command(random: &mut Random) -> Vec<String> {
    let topic = pick(random, &["orders", "orders", "many", "many", "many:1", "events"]);
    let named = pick(random, &["orders", "many", "fresh"]);
    let group = pick(random, &["g", "g", "h"]);
    let consumer = pick(random, &["a", "b"]);
    let id = format!("{}-{}", random.between(0, 12), random.between(0, 2));
    let count = random.between(1, 5).to_string();
    let words = match random.between(0, 15) {
        0..=4 => return addition(random, topic),
        5 => vec!["PUBLISH", named, "{\"card\":1}"],
        6 => vec!["XREAD", "COUNT", &count, "STREAMS", topic, "orders", &id, "0"],
        7 => vec!["XRANGE", topic, &id, "+", "COUNT", &count],
        8 => vec!["XREVRANGE", topic, "+", &id],
        9 => match random.between(0, 5) {
            0..=2 => vec!["XGROUP", "CREATE", named, group, pick(random, &["0", "$", "2-0"])],
            3 => vec!["XGROUP", "SETID", named, group, &id],
            4 => vec!["XGROUP", "DELCONSUMER", named, group, consumer],
            _ => vec!["XGROUP", "DESTROY", named, group],
        },
        10..=11 => {
            let from = pick(random, &[">", ">", ">", "0"]);
            let mode = pick(random, &["COUNT", "COUNT", "NOACK"]);
            let tail = ["STREAMS", named, from];
            let count = (mode == "COUNT").then_some(&*count);
            let head = ["XREADGROUP", "GROUP", group, consumer, mode];
            head.into_iter().chain(count).chain(tail).collect()
        }
        12 => vec!["XACK", named, group, &id, "1-0", "2-1"],
        13 => vec!["XCLAIM", named, group, consumer, "0", &id, "3-0"],
        14 => vec!["XAUTOCLAIM", named, group, consumer, "0", "0", "COUNT", &count],
        _ => vec!["XTRIM", topic, "MAXLEN", "~", &count],
    };
    words.into_iter().map(str::to_owned).collect()
}

fn addition(random: &mut Random, topic: &str) -> Vec<String> {
    let options: &[&str] = match random.between(0, 6) {
        0 => &["NOMKSTREAM"],
        1 => &["MAXLEN", "~", "3"],
        2 => &["MAXLEN", "=", "4"],
        3 => &["IDMP", "p", "once"],
        _ => &[],
    };
    let value = pick(random, &["{\"kind\":\"sale\"}", "{\"card\":\"4111\"}", "none"]);
    let words = ["XADD", topic].into_iter().chain(options.iter().copied());
    words.chain(["*", "value", value]).map(str::to_owned).collect()
}

fn pick<'a>(random: &mut Random, all: &[&'a str]) -> &'a str {
    let last = all.len() as u64 - 1;
    all[usize::try_from(random.between(0, last)).expect("a place in a list")]
}
