//! Redis' own answers beside ours: scripts run line by line against redis-server and a gateway.
//!
//! What differs on purpose stands in the table of `config/redis.md`, under the key that the
//! script's line names; a difference that is not in the table fails, and so does a line of the
//! table that is not true.

mod mask;
mod page;
mod script;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    time::Duration,
};

use sluicegate_tests::{Client, client::encode, gateway, redis::Redis};

use tokio::time::timeout;

use script::{Line, Step};

/// Longest wait for one reply: no step waits for more than a broker.
const REPLY_MAX: Duration = Duration::from_secs(15);

/// Shown in place of a reply that did not come.
const SILENCE: &str = "no reply";

/// Scripts, one a family of commands: `redis_answers/NAME.txt`.
const SCRIPTS: [&str; 8] =
    ["connection", "streams", "groups", "trimming", "info", "pubsub", "transactions", "tools"];

#[tokio::test]
async fn connection_commands_answer_as_redis_does() {
    compare("connection").await;
}

#[tokio::test]
async fn reading_and_adding_answers_as_redis_does() {
    compare("streams").await;
}

#[tokio::test]
async fn consumer_groups_answer_as_redis_does() {
    compare("groups").await;
}

#[tokio::test]
async fn trimming_and_deleting_answers_as_redis_does() {
    compare("trimming").await;
}

#[tokio::test]
async fn xinfo_answers_as_redis_does() {
    compare("info").await;
}

#[tokio::test]
async fn channels_answer_as_redis_does() {
    compare("pubsub").await;
}

#[tokio::test]
async fn transactions_answer_as_redis_does() {
    compare("transactions").await;
}

#[tokio::test]
async fn tools_are_answered_as_redis_does() {
    compare("tools").await;
}

#[test]
fn the_table_of_differences_is_complete_and_true() {
    let told = page::differences();
    let scripts = SCRIPTS.into_iter().flat_map(script::read);
    let used: BTreeSet<_> = scripts.filter_map(|line| line.difference).collect();

    let untold: Vec<_> = used.difference(&told).collect();
    assert!(untold.is_empty(), "differences that config/redis.md does not tell: {untold:?}");
    let unused: Vec<_> = told.difference(&used).collect();
    assert!(unused.is_empty(), "differences of config/redis.md that no script shows: {unused:?}");
}

/// Runs a script in both versions of the protocol.
async fn compare(name: &str) {
    let Some(redis) = Redis::start(&[]).await else { return };
    let mut found = String::new();
    for protocol in ["2", "3"] {
        let gateway = gateway().embedded().start().await;
        let mut theirs = Side::new(&redis.address, protocol).await;
        let mut ours = Side::new(&gateway.address, protocol).await;
        theirs.run(&Line::command("FLUSHALL")).await;
        for line in script::read(name) {
            let (theirs, ours) = (theirs.run(&line).await, ours.run(&line).await);
            if (theirs == ours) == line.difference.is_some() {
                let wanted = if theirs == ours { "no difference" } else { "different" };
                let (place, text) = (&line.place, &line.text);
                writeln!(
                    found,
                    "{place}, RESP{protocol}: {wanted}: {text}\n  redis: {theirs}\n  here:  {ours}"
                )
                .expect("texts can be written to");
            }
            if ours == SILENCE || theirs == SILENCE {
                break; // What follows would only be late as well.
            }
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

/// The clients of one server, by the names that the script gives them.
struct Side {
    address: String,
    protocol: String,
    clients: BTreeMap<String, Client>,
}

impl Side {
    async fn new(address: &str, protocol: &str) -> Self {
        let mut side = Self {
            address: address.to_owned(),
            protocol: protocol.to_owned(),
            clients: BTreeMap::new(),
        };
        // Before the script begins, so that its commands are the first ones that count.
        side.client("a").await;
        side
    }

    async fn client(&mut self, name: &str) -> &mut Client {
        if !self.clients.contains_key(name) {
            let connected = Client::connect(&self.address).await;
            let mut client = connected.expect("the server takes a connection");
            if self.protocol == "3" {
                client.send("HELLO 3").await;
            }
            self.clients.insert(name.to_owned(), client);
        }
        self.clients.get_mut(name).expect("it is there now")
    }

    /// Takes one step and shows its reply, masked as the line says.
    async fn run(&mut self, line: &Line) -> String {
        let client = self.client(&line.client).await;
        match &line.step {
            Step::Send(args) => {
                client.write(&encode(args)).await.expect("the connection takes a command");
                return String::new();
            }
            Step::Ask(args) => {
                client.write(&encode(args)).await.expect("the connection takes a command");
            }
            Step::Next => {}
        }
        let Ok(Ok(Some(reply))) = timeout(REPLY_MAX, client.next()).await else {
            return SILENCE.to_owned();
        };
        let masked = line.masks.iter().fold(reply, |reply, mask| mask::apply(mask, reply));
        masked.to_string()
    }
}
