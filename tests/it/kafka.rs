//! Kafka behind the gateway, seen from both sides: what is only true there.
//!
//! Everything else that the gateway promises is shown by the other scenes, run once more with
//! `SLUICEGATE_TEST_BROKER=kafka`.

mod away; //     a Kafka that is not there yet
mod clusters; // several of them
mod foreign; //  what other producers write
mod members; //  groups: who comes, goes, and holds a batch
mod secure; //   encryption and login
mod stored; //   what was acknowledged
mod topics; //   topics that others change

use std::time::{Duration, Instant};

use sluicegate_tests::{Client, Gateway, Reply};

/// Longest time until the gateway follows what others change, with [`QUICK`].
const FOLLOWS: Duration = Duration::from_secs(15);

/// Settings of a cluster whose topics change under the gateway.
const QUICK: &str = "metadata_refresh_ms = 200";

/// A connection of the databus scenes' administrator.
async fn admin_of(gateway: &Gateway) -> Client {
    let mut client = gateway.client().await;
    assert_eq!(client.send("AUTH admin admin").await, "+OK");
    client
}

/// Sends `command` again and again until its reply is as wanted.
async fn until(client: &mut Client, command: &str, wanted: impl Fn(&Reply) -> bool) -> Reply {
    let began = Instant::now();
    loop {
        let reply = client.send(command).await;
        if wanted(&reply) {
            return reply;
        }
        assert!(began.elapsed() < FOLLOWS, "{command} still answers {reply}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
