//! Consumer groups of streams: what Redis answers, and what outlives a gateway.

mod claims; //   entries of consumers that do not finish them
mod lasting; //  what was acknowledged, after restarts
mod like_redis; // the same script to Redis and here
mod moving; //   two gateways that come and go
mod reading; //  who gets what, and when

use std::{collections::BTreeSet, time::Instant};

use sluicegate_tests::{Client, Gateway, Reply, process::PATIENCE};

/// Adds entries `n 1`, `n 2`, … to a topic.
async fn fill(client: &mut Client, topic: &str, count: usize) {
    let lines: Vec<_> = (1..=count).map(|n| format!("XADD {topic} * n {n}")).collect();
    for lines in lines.chunks(500) {
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        for reply in client.pipeline(&lines).await {
            assert!(matches!(reply, Reply::Bulk(_)), "{reply}");
        }
    }
}

/// Ids in the reply of an XREADGROUP of one stream; none for null.
fn ids(reply: &Reply) -> Vec<String> {
    let Reply::Array(streams) = reply else {
        assert_eq!(*reply, Reply::Null, "{reply}");
        return Vec::new();
    };
    entry_ids(&streams[0].items()[1])
}

/// Ids of a list of entries.
fn entry_ids(entries: &Reply) -> Vec<String> {
    let id = |entry: &Reply| String::from_utf8_lossy(entry.items()[0].bytes()).into_owned();
    entries.items().iter().map(id).collect()
}

/// What a consumer is given until nothing more comes: at least `wanted` entries, for which it waits
/// until Kafka has missed a gateway that was killed.
async fn drain(gateway: &Gateway, topic: &str, wanted: usize) -> BTreeSet<String> {
    let mut client = gateway.client().await;
    let mut found = BTreeSet::new();
    let read = format!("XREADGROUP GROUP g drain COUNT 1000 BLOCK 1000 STREAMS {topic} >");
    let began = Instant::now();
    loop {
        let given = ids(&client.send(&read).await);
        if given.is_empty() && found.len() >= wanted {
            return found;
        }
        found.extend(given);
        assert!(began.elapsed() < PATIENCE, "{} of {wanted} entries came", found.len());
    }
}

/// Acknowledges entries; how many counted.
async fn acknowledge(client: &mut Client, topic: &str, ids: &[String]) -> usize {
    let words = ["XACK", topic, "g"].map(str::to_owned);
    let words: Vec<_> = words.into_iter().chain(ids.iter().cloned()).collect();
    match client.send_args(&words).await {
        Reply::Integer(count) => usize::try_from(count).expect("a count"),
        other => panic!("XACK of {} entries: {other}", ids.len()),
    }
}
