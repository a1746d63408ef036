//! The store is down: who was let in goes on, and the gateway says that it goes by old answers.

use std::time::{Duration, Instant};

use sluicegate_tests::{
    Client, Gateway,
    stores::{Row, Sidecar, Store},
};

use tokio::time::sleep;

use super::{AWAY, FELT, REFRESH_SECS, WRONG, is_ended, number, operator, until};

over!([
    while_the_store_is_away_the_last_good_answer_serves,
    without_the_last_good_answer_sessions_end_with_their_grants,
    a_store_that_is_passed_over_leaves_logins_to_the_others,
]: redis, mysql);

async fn while_the_store_is_away_the_last_good_answer_serves(mut store: Store) {
    let (row, later) = (Row::new("a"), Row::new("later"));
    store.insert(&row).await;
    let sidecar = Sidecar { refresh_secs: REFRESH_SECS, ..Sidecar::default() };
    let gateway = store.gateway(sidecar).start().await;
    let mut live = gateway.client_as(&row.dsn("pubsub")).await;
    let mut operator = operator(&gateway).await;
    assert_eq!(live.send("SET key 1").await, "+OK");
    assert_eq!(number(&mut operator, store.plugin(), "logins_stale").await, 0);

    store.stop().await;
    stale(&mut operator, store.plugin(), true).await;

    assert_eq!(live.send("SET key 2").await, "+OK");
    let mut known = gateway.client_as(&row.dsn("pubsub")).await;
    assert_eq!(known.send("SET key 3").await, "+OK");
    for unknown in [row.clone().secret("wrong").dsn("pub"), later.dsn("pub")] {
        assert_eq!(gateway.client().await.send_args(&["AUTH", &unknown]).await, AWAY);
    }
    assert_eq!(gateway.client().await.send("AUTH a other").await, AWAY);
    let info = String::from_utf8_lossy(operator.send("INFO").await.bytes()).into_owned();
    let told = info.lines().find_map(|line| line.strip_prefix("logins_stale:"));
    let told: Option<u32> = told.and_then(|number| number.parse().ok());
    assert!(told.is_some_and(|number| number > 0), "{info}");

    store.start().await;
    stale(&mut operator, store.plugin(), false).await;
    store.insert(&later).await;
    gets_in(&gateway, &later).await;
    assert_eq!(live.send("SET key 4").await, "+OK");
    assert_eq!(known.send("SET key 5").await, "+OK");
}

async fn without_the_last_good_answer_sessions_end_with_their_grants(mut store: Store) {
    let row = Row::new("a");
    store.insert(&row).await;
    let sidecar =
        Sidecar { refresh_secs: REFRESH_SECS, on_failure: "reject", ..Sidecar::default() };
    let gateway = store.gateway(sidecar).start().await;
    let mut live = gateway.client_as(&row.dsn("pubsub")).await;
    let mut operator = operator(&gateway).await;

    store.stop().await;
    let began = Instant::now();
    is_ended(&mut live).await;
    assert!(began.elapsed() < FELT, "it took {:?}", began.elapsed());
    assert_eq!(gateway.client().await.send_args(&["AUTH", &row.dsn("pub")]).await, AWAY);
    assert_eq!(operator.send("PING").await, "+PONG", "who is no user of the store lives on");

    store.start().await;
    gets_in(&gateway, &row).await;
}

async fn a_store_that_is_passed_over_leaves_logins_to_the_others(mut store: Store) {
    let row = Row::new("a");
    store.insert(&row).await;
    let sidecar = Sidecar { on_failure: "bypass", ..Sidecar::default() };
    let other =
        "order = 20\n[[settings.users]]\nname = \"ann\"\nsecret = \"pw\"\npublish = [\"*\"]\n";
    let gateway = store.gateway(sidecar).plugin("auth-static", other).start().await;
    let mut live = gateway.client_as(&row.dsn("pubsub")).await;
    let ann = ["AUTH", "ann", "pw"];
    assert_eq!(gateway.client().await.send_args(&ann).await, WRONG, "the store knows no ann");
    // A refusal is remembered for a second.
    sleep(Duration::from_millis(1_200)).await;

    store.stop().await;

    assert_eq!(gateway.client().await.send_args(&ann).await, "+OK", "the next one is asked");
    let unknown = row.clone().secret("wrong").dsn("pub");
    assert_eq!(gateway.client().await.send_args(&["AUTH", &unknown]).await, AWAY);
    assert_eq!(live.send("SET key 1").await, "+OK", "a grant holds for its time");
}

/// Waits until the plugin says that logins go by old answers, or that none does.
async fn stale(operator: &mut Client, plugin: &str, wanted: bool) {
    let began = Instant::now();
    while (number(operator, plugin, "logins_stale").await > 0) != wanted {
        assert!(began.elapsed().as_secs() < 15, "logins_stale never changed");
        sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until the row's DSN is let in.
async fn gets_in(gateway: &Gateway, row: &Row) {
    let mut client = gateway.client().await;
    let command = format!("AUTH {}", row.dsn("pub"));
    until(&mut client, &command, |reply| *reply == "+OK").await;
}
