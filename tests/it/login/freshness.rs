//! A change in the store is felt within the interval, by live sessions too, and by nobody else.

use std::time::Instant;

use sluicegate_tests::{
    Client, Gateway, Reply,
    console::tell,
    gateway::Builder,
    stores::{Row, Sidecar, Store},
};

use super::{ENDED, FELT, REFRESH_SECS, WRONG, is_ended, until};

over!([
    a_changed_secret_ends_the_sessions_that_used_the_old_one,
    a_removed_row_ends_its_sessions,
    a_right_that_is_taken_away_ends_the_sessions_that_asked_for_it,
    a_right_that_comes_or_goes_holds_for_live_sessions,
]: fixed, redis, redis_workbench, mysql);

/// Sessions of one login and one of another, all of them alive.
struct Scene {
    gateway: Gateway,
    idle: Client,
    waiting: Client,
    unrelated: Client,
}

impl Scene {
    /// Two rows; the sessions of `a` ask for this role, and one of them waits for messages if it
    /// may.
    async fn begin(store: &mut Store, a: &Row, role: &str) -> Self {
        let b = Row { topic: "bills".to_owned(), ..Row::new("b") };
        store.insert(a).await;
        store.insert(&b).await;
        let gateway = quick(store).start().await;
        store.attach(&gateway);
        let waits_long = format!("{}&block=20000", a.dsn(role));
        let mut unrelated = gateway.client_as(&b.dsn("pubsub")).await;
        assert_eq!(unrelated.send("SET key 1").await, "+OK");
        let mut waiting = gateway.client_as(&waits_long).await;
        if role != "pub" {
            waiting.write(b"MGET\r\n").await.expect("it is open");
        }
        let idle = gateway.client_as(&a.dsn(role)).await;
        Self { gateway, idle, waiting, unrelated }
    }

    /// Both sessions of `a` end in time, and the other one never notices.
    async fn sessions_end(&mut self, what: &str) {
        let began = Instant::now();
        is_ended(&mut self.idle).await;
        is_ended(&mut self.waiting).await;
        let took = began.elapsed();
        tell(&format!("{what}: its sessions had ended after {took:?}"));
        assert!(took < FELT, "it took {took:?}");
        assert_eq!(self.unrelated.send("SET key 2").await, "+OK");
        assert!(!self.gateway.log().contains("panicked"), "{}", self.gateway.log());
    }
}

fn quick(store: &Store) -> Builder {
    store.gateway(Sidecar { refresh_secs: REFRESH_SECS, ..Sidecar::default() })
}

async fn a_changed_secret_ends_the_sessions_that_used_the_old_one(mut store: Store) {
    let row = Row::new("a");
    let mut scene = Scene::begin(&mut store, &row, "sub").await;
    let mut follower = scene.gateway.client().await;
    assert_eq!(follower.send("AUTH a secret-a").await, "+OK");
    follower.write(b"XREAD BLOCK 0 STREAMS orders $\r\n").await.expect("it is open");

    let changed = row.clone().secret("another");
    store.update(&changed).await;
    scene.sessions_end("secret changed").await;
    let took = is_ended(&mut follower).await;
    assert!(took < FELT, "a plain login's took {took:?}");

    let mut client = scene.gateway.client().await;
    assert_eq!(client.send_args(&["AUTH", &row.dsn("sub")]).await, WRONG);
    assert_eq!(client.send_args(&["AUTH", &changed.dsn("sub")]).await, "+OK");
}

async fn a_removed_row_ends_its_sessions(mut store: Store) {
    let row = Row::new("a");
    let mut scene = Scene::begin(&mut store, &row, "sub").await;

    store.delete("a").await;
    scene.sessions_end("row removed").await;

    let mut client = scene.gateway.client().await;
    assert_eq!(client.send_args(&["AUTH", &row.dsn("sub")]).await, WRONG);
    store.insert(&row).await;
    let command = format!("AUTH {}", row.dsn("sub"));
    let took = until(&mut client, &command, |reply| *reply == "+OK").await;
    assert!(took < FELT, "a row that comes back took {took:?}");
}

async fn a_right_that_is_taken_away_ends_the_sessions_that_asked_for_it(mut store: Store) {
    let row = Row::new("a");
    let mut scene = Scene::begin(&mut store, &row, "pub").await;
    let mut reader = scene.gateway.client_as(&row.dsn("sub")).await;
    let publisher = scene.gateway.client_as(&row.dsn("pub")).await;
    let publisher = tokio::spawn(publish_until_ended(publisher));

    store.update(&row.clone().operation(1)).await;
    scene.sessions_end("right taken away").await;
    publisher.await.expect("every publish was answered, then the end was told");

    assert_eq!(reader.send("MGET").await.error(), None, "who only reads may go on");
    let refused = scene.gateway.client().await.send_args(&["AUTH", &row.dsn("pub")]).await;
    assert_eq!(refused, "-NOPERM no publish permission");
}

async fn a_right_that_comes_or_goes_holds_for_live_sessions(mut store: Store) {
    let row = Row::new("a");
    store.insert(&row).await;
    let gateway = quick(&store).start().await;
    store.attach(&gateway);
    let (mut plain, mut databus) = (gateway.client().await, gateway.client().await);
    assert_eq!(plain.send("AUTH a secret-a").await, "+OK");
    assert_eq!(databus.send_args(&["AUTH", &row.dsn("pub")]).await, "+OK");
    let publish = "XADD orders * f v";
    assert_eq!(plain.send(publish).await.error(), None);

    store.update(&row.clone().operation(1)).await;
    let is_refused = |reply: &Reply| reply.error().is_some_and(|text| text.starts_with("NOPERM"));
    let went = until(&mut plain, publish, is_refused).await;
    assert_eq!(plain.send("XLEN orders").await.error(), None, "it still reads");
    store.update(&row.clone().operation(2)).await;
    let came = until(&mut plain, publish, |reply| reply.error().is_none()).await;

    tell(&format!("right taken away: felt after {went:?}; given: after {came:?}"));
    assert!(went < FELT && came < FELT, "{went:?}, {came:?}");
}

#[tokio::test]
async fn a_row_marked_as_deleted_ends_its_sessions() {
    let Some(mut store) = Store::mysql().await else { return };
    let row = Row::new("a");
    let mut scene = Scene::begin(&mut store, &row, "pubsub").await;
    let other = Row { topic: "letters".to_owned(), ..Row::new("c") };
    store.insert(&other).await;
    let mut of_app = scene.gateway.client_as(&other.dsn("pub")).await;
    let Store::MySql(mysql) = &store else { unreachable!("the scene is about MySQL") };

    mysql.execute("UPDATE `auth_tb` SET `deleted_at` = 1 WHERE `group_name` = 'a';").await;
    scene.sessions_end("marked as deleted").await;
    mysql.execute("UPDATE `app_tb` SET `deleted_at` = 1 WHERE `app_key` = 'key-c';").await;
    let took = is_ended(&mut of_app).await;

    assert!(took < FELT, "it took {took:?}");
    assert_eq!(scene.unrelated.send("SET key 3").await, "+OK");
}

/// Every publish is acknowledged until the line that tells of the end, behind which nothing comes.
async fn publish_until_ended(mut client: Client) {
    let began = Instant::now();
    loop {
        let reply = client.send("SET key 1").await;
        if reply == ENDED {
            break;
        }
        assert_eq!(reply, "+OK");
        assert!(began.elapsed() < FELT * 2, "it publishes for ever");
    }
    assert_eq!(client.next().await.expect("an orderly end"), None);
}
