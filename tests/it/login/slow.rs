//! The store does not answer: who is in does not notice, and who waits is answered in the end.

use std::time::{Duration, Instant};

use sluicegate_tests::{
    Client, Reply,
    console::tell,
    stores::{Row, Sidecar, Store},
};
use tokio::{task::JoinSet, time::sleep};

use super::{AWAY, WRONG};

over!([
    logins_that_hang_delay_no_publish,
    a_login_is_answered_in_its_time_whatever_the_store_does,
]: redis, mysql);

/// How long the store answers nobody; `SLUICEGATE_HANG_SECS` sets another time.
const HANG_SECS: u64 = 4;
/// Logins that hang all that time.
const LOGINS: usize = 64;
/// Publishes that are timed, or fewer where they take long.
const PUBLISHES: usize = 300;
/// Longest time for them, well below that of the hanging.
const PUBLISHING: Duration = Duration::from_secs(2);
/// Longest wait of a publish that the hanging logins do not delay, on a busy machine.
const UNDISTURBED: Duration = Duration::from_secs(1);

async fn logins_that_hang_delay_no_publish(mut store: Store) {
    let row = Row::new("a");
    store.insert(&row).await;
    let hang = std::env::var("SLUICEGATE_HANG_SECS");
    let hang = Duration::from_secs(hang.map_or(HANG_SECS, |text| text.parse().expect("a number")));
    let patient = u32::try_from(hang.as_millis()).expect("it is short") * 2;
    let sidecar = Sidecar { timeout_ms: patient, ..Sidecar::default() };
    let gateway = store.gateway(sidecar).start().await;
    let mut publisher = gateway.client_as(&row.dsn("pub")).await;
    publish(&mut publisher).await;

    let alone = publish(&mut publisher).await;
    let began = Instant::now();
    let held = store.hang(hang).await;
    let mut logins = JoinSet::new();
    for number in 0..LOGINS {
        let stranger = Row::new(&format!("stranger-{number}"));
        logins.spawn(log_in(gateway.address.clone(), stranger.dsn("pub")));
    }
    sleep(Duration::from_millis(300)).await;
    let beside = publish(&mut publisher).await;
    let known = Instant::now();
    gateway.client_as(&row.dsn("pub")).await;
    let known = known.elapsed();
    let is_hanging = logins.try_join_next().is_none() && began.elapsed() < hang;

    tell(&format!(
        "{}: a publish takes {} alone, {} beside {LOGINS} logins that hang for {hang:?}; a known \
         login {known:?}",
        store.plugin(),
        shown(&alone),
        shown(&beside),
    ));
    assert!(is_hanging, "the store answered before the end: nothing was shown");
    assert!(beside.last().is_some_and(|longest| *longest < UNDISTURBED), "{}", shown(&beside));
    assert!(known < UNDISTURBED, "{known:?}");
    for reply in logins.join_all().await {
        assert_eq!(reply, WRONG, "the store answered at last");
    }
    held.await.expect("the store was held");
}

async fn a_login_is_answered_in_its_time_whatever_the_store_does(mut store: Store) {
    let row = Row::new("a");
    store.insert(&row).await;
    let sidecar = Sidecar { timeout_ms: 1000, ..Sidecar::default() };
    let gateway = store.gateway(sidecar).start().await;

    let held = store.hang(Duration::from_secs(3)).await;
    let began = Instant::now();
    let reply = log_in(gateway.address.clone(), row.dsn("pub")).await;

    assert_eq!(reply, AWAY);
    // One wait for the store, of one second; two seconds are the limit of the call.
    assert!(began.elapsed() < Duration::from_millis(2500), "after {:?}", began.elapsed());
    held.await.expect("the store was held");
    let mut client = gateway.client().await;
    let command = format!("AUTH {}", row.dsn("pub"));
    super::until(&mut client, &command, |reply| *reply == "+OK").await;
}

async fn log_in(address: String, dsn: String) -> Reply {
    let mut client = Client::connect(&address).await.expect("the gateway takes a connection");
    client.send_args(&["AUTH", &dsn]).await
}

/// How long each publish took, the longest last.
async fn publish(client: &mut Client) -> Vec<Duration> {
    let mut took = Vec::with_capacity(PUBLISHES);
    let all = Instant::now();
    while took.len() < PUBLISHES && all.elapsed() < PUBLISHING {
        let began = Instant::now();
        assert_eq!(client.send("SET key 1").await, "+OK");
        took.push(began.elapsed());
    }
    took.sort();
    took
}

fn shown(sorted: &[Duration]) -> String {
    let at = |hundredth: usize| sorted[sorted.len() * hundredth / 100];
    let longest = sorted[sorted.len() - 1];
    format!("p50 {:?}, p99 {:?}, at most {longest:?}", at(50), at(99))
}
