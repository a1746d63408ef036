//! A thousand clients at once: all get in, and the store is asked a few times.

use std::time::Instant;

use sluicegate_tests::{
    Client,
    console::tell,
    stores::{Row, Sidecar, Store},
};
use tokio::task::JoinSet;

over!([a_thousand_logins_at_once_ask_the_store_once_for_each_credentials]:
    fixed, redis, redis_workbench, mysql);

/// Clients that log in at once.
const CLIENTS: usize = 1000;
/// Different credentials in the second storm.
const LOGINS: usize = 50;
/// Most questions that one login may ask of a store: Redis is asked for an index in each spelling
/// of its name, then for two rows.
const QUESTIONS_MAX: u64 = 4;

async fn a_thousand_logins_at_once_ask_the_store_once_for_each_credentials(mut store: Store) {
    let rows: Vec<_> = (0..=LOGINS).map(|number| Row::new(&format!("g{number}"))).collect();
    for row in &rows {
        store.insert(row).await;
    }
    let first = Row::new("first");
    store.insert(&first).await;
    let gateway = store.gateway(Sidecar::default()).start().await;
    // The topic and the way to its broker are known before a thousand clients want them at once.
    drop(log_in(gateway.address.clone(), first.dsn("pub")).await);

    for logins in [&rows[..1], &rows[1..]] {
        let before = store.questions().await;
        let began = Instant::now();
        let mut clients = JoinSet::new();
        for row in logins.iter().cycle().take(CLIENTS) {
            clients.spawn(log_in(gateway.address.clone(), row.dsn("pub")));
        }
        let clients = clients.join_all().await;
        let took = began.elapsed();

        let after = store.questions().await;
        let asked = after.zip(before).map(|(after, before)| after - before);
        let known = logins.len();
        tell(&format!(
            "{}: {CLIENTS} clients with {known} credentials are in after {took:?}; questions to \
             the store: {asked:?}",
            store.plugin()
        ));
        let most = QUESTIONS_MAX * u64::try_from(known).expect("it is small");
        assert!(asked.is_none_or(|asked| asked <= most), "{asked:?} questions");
        drop(clients);
    }
}

/// A logged-in client that has published.
async fn log_in(address: String, dsn: String) -> Client {
    let mut client = Client::connect(&address).await.expect("the gateway takes a connection");
    assert_eq!(client.send_args(&["AUTH", &dsn]).await, "+OK");
    // A thousand first messages may find a busy broker late.
    assert_eq!(client.publish("SET key 1").await, "+OK");
    client
}
