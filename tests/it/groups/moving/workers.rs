//! Writers and consumers that go on whatever happens to the gateways.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use sluicegate_tests::{Client, Reply, client::encode, faults::random::Random};
use tokio::time::sleep;

use super::Stage;
use crate::groups::{entry_ids, ids};

/// A consumer disappears with its entries after so many reads, now and then.
const DIES_AFTER: u64 = 40;

/// Writes until it is told to stop; counts what was answered.
pub(super) async fn write(stage: Arc<Stage>, n: u64) {
    let mut turn = usize::try_from(n).expect("there are few");
    while !stage.writers_stop.load(Ordering::Acquire) {
        turn += 1;
        let Ok(mut client) = Client::connect(&stage.address(turn)).await else {
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        while !stage.writers_stop.load(Ordering::Acquire) {
            let Some(reply) = ask(&mut client, &["XADD", "t", "*", "n", "1"]).await else { break };
            if let Reply::Bulk(id) = reply {
                stage.ledger.written(String::from_utf8(id).expect("an id is text"));
            }
            sleep(Duration::from_millis(3)).await;
        }
    }
}

/// Consumes until it is told to stop: reads, takes over what others left, acknowledges some at
/// once, the rest later and in another order.
pub(super) async fn consume(stage: Arc<Stage>, n: usize) {
    let mut random = Random::new(n as u64);
    let name = format!("c{n}");
    let mut turn = n;
    while !stage.consumers_stop.load(Ordering::Acquire) {
        turn += 1;
        let Ok(mut client) = Client::connect(&stage.address(turn)).await else {
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let life = random.between(DIES_AFTER / 2, 2 * DIES_AFTER);
        if serve(&stage, &mut client, &name, &mut random, life).await.is_some() {
            stage.ledger.note_lost_consumer();
        }
    }
}

/// One connection's work; `None` if the gateway went away.
async fn serve(
    stage: &Stage,
    client: &mut Client,
    name: &str,
    random: &mut Random,
    life: u64,
) -> Option<()> {
    let mut held: Vec<String> = Vec::new();
    for _ in 0..life {
        if stage.consumers_stop.load(Ordering::Acquire) {
            break;
        }
        let read =
            ["XREADGROUP", "GROUP", "g", name, "COUNT", "20", "BLOCK", "300", "STREAMS", "t", ">"];
        let asked = stage.ledger.now();
        let reply = ask(client, &read).await?;
        let mut given = if reply.error().is_some() { Vec::new() } else { ids(&reply) };
        stage.ledger.delivered(&given, asked);
        let asked = stage.ledger.now();
        let claim = ask(client, &["XAUTOCLAIM", "t", "g", name, "1500", "0"]).await?;
        if claim.error().is_none() {
            let claimed = entry_ids(&claim.items()[1]);
            stage.ledger.claimed(&claimed, asked);
            given.extend(claimed);
        }
        held.extend(given);
        // Not in the order of the log.
        let keep = random.index(held.len() + 1).min(30);
        let shift = random.index(held.len().max(1));
        held.rotate_left(shift);
        let done = held.split_off(keep);
        acknowledge(stage, client, &done).await?;
    }
    Some(())
}

async fn acknowledge(stage: &Stage, client: &mut Client, done: &[String]) -> Option<()> {
    if done.is_empty() {
        return Some(());
    }
    for id in done {
        // One by one, so that the answer says which of them counted.
        let Some(reply) = ask(client, &["XACK", "t", "g", id]).await else {
            stage.ledger.note_unanswered(1);
            return None;
        };
        match reply {
            Reply::Integer(1) => stage.ledger.acknowledged(std::slice::from_ref(id)),
            // Its partition moved, another has it, or the broker did not answer.
            _ => stage.ledger.note_unanswered(1),
        }
    }
    Some(())
}

/// The answer, unless the connection ends.
async fn ask(client: &mut Client, words: &[&str]) -> Option<Reply> {
    client.write(&encode(words)).await.ok()?;
    client.next().await.ok().flatten()
}
