//! Who may come in, and for how long: each scene over every store that can show it.

#![allow(
    clippy::cognitive_complexity,
    reason = "an assertion counts as a branch; the scenes run straight on"
)]

/// Runs each scene once over each of these stores; a store that this machine lacks is counted.
macro_rules! over {
    ($scenes:tt: $($store:ident),+) => { $( over!(@ $store $scenes); )+ };
    (@ $store:ident [$($scene:ident),+ $(,)?]) => {
        mod $store {
            use sluicegate_tests::stores::Store;
            $(
                #[tokio::test]
                async fn $scene() {
                    let Some(store) = Store::$store().await else { return };
                    super::$scene(store).await;
                }
            )+
        }
    };
}

mod entry; //     the ways in
mod answers; //   what each refusal says
mod bad_keys; //  rows in Redis that are not as they should be
mod bad_rows; //  the same in MySQL
mod freshness; // changes take effect
mod away; //      the store is down
mod storm; //     a thousand at once
mod slow; //      the store is slow
mod secrets; //   what nobody may read
mod fuzz; //      DSNs of every kind
mod clusters; //  where a login's messages go
mod shipped; //   the files that users begin with
mod reach; //     what a plugin may ask of a store
mod encrypted; // stores behind TLS

use std::time::{Duration, Instant};

use sluicegate_tests::{Client, Gateway, Reply, stores::OPERATOR};
use tokio::time::sleep;

/// What a wrong group, topic, key or secret is answered.
const WRONG: &str = "-WRONGPASS auth failed";
/// What a login is answered that cannot be checked.
const AWAY: &str = "-ERR auth info error: the login cannot be checked now, try again later";
/// What a session hears whose login has ended.
const ENDED: &str = "-NOAUTH connection closed by databus: the login is not valid any more";
/// Seconds for which a grant holds where a scene waits for its end.
const REFRESH_SECS: u32 = 1;
/// Longest time until a change is felt: the interval, a second, and what slow machines take.
const FELT: Duration = Duration::from_secs(4);

/// A connection of the administrator.
pub(crate) async fn operator(gateway: &Gateway) -> Client {
    let mut client = gateway.client().await;
    assert_eq!(client.send_args(&["AUTH", OPERATOR, OPERATOR]).await, "+OK");
    client
}

/// One number of PLUGIN INFO.
async fn number(operator: &mut Client, plugin: &str, name: &str) -> i64 {
    let told = operator.send(&format!("PLUGIN INFO {plugin}")).await;
    let place = told.items().iter().position(|item| *item == format!("${name}"));
    let place = place.unwrap_or_else(|| panic!("no {name}: {told}"));
    let Reply::Integer(number) = told.items()[place + 1] else { panic!("no number: {told}") };
    number
}

/// Repeats `command` until its reply is as wanted, and tells how long that took.
async fn until(client: &mut Client, command: &str, wanted: impl Fn(&Reply) -> bool) -> Duration {
    let began = Instant::now();
    loop {
        let reply = client.send(command).await;
        if wanted(&reply) {
            return began.elapsed();
        }
        assert!(began.elapsed() < Duration::from_secs(15), "{command} still answers {reply}");
        sleep(Duration::from_millis(25)).await;
    }
}

/// Waits until the session is told that its login has ended, and is closed; tells how long it took.
async fn is_ended(client: &mut Client) -> Duration {
    let began = Instant::now();
    assert_eq!(client.reply().await, ENDED);
    assert_eq!(client.next().await.expect("an orderly end"), None);
    began.elapsed()
}
