//! Which key goes to which partition: every formula, on topics of 3, 6 and 10 partitions.

use std::collections::HashMap;

use sluicegate_tests::gateway;

use crate::databus::{drain, fields};

/// Formulas in the order of the columns below, by the names `partition-hash` has for them.
const FORMULAS: [&str; 4] = ["fnv1a", "fnv1a-reference", "crc32", "murmur2"];

/// Key, then the partition of each formula on 3, 6 and 10 partitions.
///
/// Source: computed with the client libraries (sarama, kafka-go, librdkafka, Kafka's Java client).
const VECTORS: [(&str, [[u64; 4]; 3]); 11] = [
    ("", [[0, 2, 0, 0], [3, 5, 0, 3], [5, 3, 0, 1]]),
    ("x", [[1, 1, 0, 1], [1, 1, 3, 4], [1, 7, 3, 6]]),
    ("id", [[0, 0, 2, 1], [0, 0, 2, 1], [6, 6, 6, 7]]),
    ("key", [[1, 1, 1, 1], [4, 4, 1, 1], [8, 8, 7, 1]]),
    ("1", [[1, 1, 2, 0], [4, 4, 5, 3], [4, 4, 3, 9]]),
    ("app_key1", [[1, 1, 1, 0], [1, 1, 4, 3], [7, 7, 0, 1]]),
    ("user_42", [[0, 0, 1, 1], [3, 3, 1, 4], [9, 9, 3, 8]]),
    ("hello world", [[1, 1, 0, 1], [1, 1, 3, 1], [9, 9, 7, 9]]),
    ("用户", [[1, 1, 1, 0], [1, 1, 1, 0], [3, 3, 1, 6]]),
    ("abcd", [[0, 2, 1, 2], [3, 5, 1, 2], [3, 5, 9, 0]]),
    ("test156", [[2, 2, 1, 0], [5, 5, 1, 3], [5, 5, 9, 5]]),
];

#[tokio::test]
async fn every_formula_places_every_key_where_its_clients_do() {
    let gateway = gateway().plugin("auth-static", &rows());
    let gateway = FORMULAS.iter().fold(gateway, |gateway, formula| gateway_with(gateway, formula));
    let gateway = gateway.start().await;
    let mut admin = gateway.client().await;
    assert_eq!(admin.send("AUTH admin admin").await, "+OK");

    for (row, partitions) in [3, 6, 10].into_iter().enumerate() {
        for (column, formula) in FORMULAS.iter().enumerate() {
            let topic = format!("{formula}-{partitions}");
            let made = admin.send(&format!("TOPIC CREATE {topic} PARTITIONS {partitions}")).await;
            assert_eq!(made, "+OK", "{topic}");
            let dsn = format!("k:s@g-{topic}/topic={topic}&role=pubsub&block=100&offset=oldest");
            let mut client = gateway.client_as(&dsn).await;
            for (key, _) in VECTORS {
                assert_eq!(client.send_args(&["SET", key, "1"]).await, "+OK", "{topic} {key:?}");
            }

            let shown = drain(&mut client, "MGET").await;

            let placed: HashMap<_, _> = shown.iter().map(|json| placement(json)).collect();
            for (key, wanted) in VECTORS {
                // librdkafka spreads empty keys as if there were none.
                if !(key.is_empty() && *formula == "crc32") {
                    assert_eq!(placed[key], wanted[row][column], "{topic} {key:?}");
                }
            }
        }
    }
}

fn gateway_with(
    gateway: sluicegate_tests::gateway::Builder,
    formula: &str,
) -> sluicegate_tests::gateway::Builder {
    let wasm =
        sluicegate_tests::gateway::read(&sluicegate_tests::workspace::component("partition-hash"));
    // `fnv1a-reference-3` must not match the pattern of `fnv1a`.
    let topics = [3, 6, 10].map(|partitions| format!("{formula}-{partitions}"));
    let toml = format!("topics = {topics:?}\n[settings]\nformula = \"{formula}\"");
    gateway.plugin_file(&format!("hash-{formula}"), &wasm, &toml)
}

fn rows() -> String {
    let admin = crate::databus::ROWS.split("[[settings.apps]]").next().expect("admin comes first");
    let topics = [3, 6, 10].map(|n| FORMULAS.map(|formula| format!("{formula}-{n}")));
    let row = |topic: &String| {
        format!(
            "[[settings.apps]]\ngroup = \"g-{topic}\"\ntopic = \"{topic}\"\noperation = \"pubsub\"\nkey = \"k\"\nsecret = \"s\"\n"
        )
    };
    admin.to_owned() + &topics.iter().flatten().map(row).collect::<String>()
}

fn placement(json: &[u8]) -> (String, u64) {
    let shown = fields(json);
    let key = shown["key"].as_str().expect("the key is text").to_owned();
    (key, shown["partition"].as_u64().expect("it has a partition"))
}
