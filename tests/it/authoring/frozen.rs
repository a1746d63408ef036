//! Versions of the contract that were released: plugins built against them work for ever.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sluicegate_tests::{
    Client, Gateway, gateway, gateway::read, mariadb::MariaDb, redis::Redis, workspace,
};

/// What `frozen-login` is granted.
const STORES: &str = r#"
[redis.users]
url = "redis://REDIS/0"
commands = ["GET", "MGET"]
keys = ["*"]
[sql.users]
url = "mysql://root@SQL/databus"
queries = "read-only"
[sql.users.statements]
find = "SELECT CONCAT('found-', ?)"
"#;

#[test]
fn every_frozen_version_is_still_in_the_sdk_byte_for_byte() {
    let kept = folder(&workspace::root().join("plugin-sdk/wit"));
    let kept: Vec<_> = kept.iter().filter(|path| path.is_file()).map(|path| read(path)).collect();

    for version in versions() {
        let frozen = read(&version.join("sluicegate.wit"));
        assert!(
            kept.contains(&frozen),
            "no file of plugin-sdk/wit is {}/sluicegate.wit: a released version of the contract \
             never changes, put the new one beside it under another version",
            version.display()
        );
    }
}

#[tokio::test]
async fn a_message_goes_through_the_roles_of_0_1_0_and_back() {
    let gateway = gateway().embedded().plugin_file("frozen", &frozen("0.1.0/frozen-roles"), "");
    let gateway = gateway.start().await;
    let mut client = gateway.client().await;
    assert_eq!(client.send("TOPIC CREATE frozen PARTITIONS 3").await, "+OK");

    assert_eq!(client.send("XADD frozen * value drop").await, "nil");
    let rejected = client.send("XADD frozen * value reject").await;
    assert_eq!(rejected, "-REJECTED frozen told-to: the value says so");
    // The filter sets the key `b`, and the partitioner puts it where 98 modulo 3 says.
    assert_eq!(client.send("XADD frozen * value report").await, "$1-2");
    assert_eq!(
        client.send("XRANGE frozen:2 - +").await,
        "[[$1-2, [$value, $report, $key, $b, $header:report, \
         $frozen|default|none|report|yes|1|wanted|now]]]"
    );

    client.send("XADD frozen-old * value ping").await;
    let shown = client.send("XRANGE frozen-new - +").await;
    assert_eq!(shown.items()[0].items()[1], "[$value, $pong]", "replaced, and routed");
    let refused = client.send("XADD forbidden * value x").await;
    assert_eq!(refused, "-REJECTED frozen no-such-way: nothing goes there");
    client.send("XADD hidden * value hide").await;
    assert_eq!(client.send("XRANGE hidden - +").await, "[]", "hidden by the filter on consume");

    let info = client.send("PLUGIN INFO frozen").await.to_string();
    // Keys and values of each first message of a burst: `b` and `report`, `pong`, `hide`.
    assert!(info.contains("$counter_sized, :15"), "{info}");
    assert!(info.contains("$failures_trap, :0"), "{info}");
    assert!(gateway.log().contains("frozen|default|none|report|yes|1|wanted|now"), "a log line");
    assert_eq!(stored(&gateway, &mut client, "frozen-new").await, "$frozen:pong");
}

#[tokio::test]
async fn an_authenticator_of_0_1_0_asks_both_stores_and_gives_every_answer() {
    let Some(redis) = Redis::start(&[]).await else { return };
    let Some(sql) = MariaDb::start(&[]).await else { return };
    let mut store = Client::connect(&redis.address).await.expect("it answers");
    assert_eq!(store.send("MSET one redis-one many redis-many").await, "+OK");
    let toml = STORES.replace("REDIS", &redis.address).replace("SQL", &sql.address);
    let gateway = gateway().embedded().plugin_file("frozen", &frozen("0.1.0/frozen-login"), &toml);
    let gateway = gateway.start().await;
    let mut client = gateway.client().await;

    for (login, answer) in [
        ("peer x", "-WRONGPASS seen"),
        ("permission x", "-NOPERM not now"),
        ("malformed x", "-ERR no sense in it"),
        ("nobody x", "-WRONGPASS invalid username-password pair or user is disabled."),
        ("redis absent", "-WRONGPASS no such key"),
    ] {
        assert_eq!(client.send(&format!("AUTH {login}")).await, answer, "{login}");
    }
    let away = client.send("AUTH unavailable x").await.to_string();
    assert!(away.starts_with("-ERR"), "{away}");

    for (login, principal) in [
        ("redis one", "redis-one"),
        ("redis many", "redis-many"),
        ("sql one", "found-one"),
        ("query one", "query-one"),
    ] {
        assert_eq!(client.send(&format!("AUTH {login}")).await, "+OK", "{login}");
        let told = client.send("ACL WHOAMI").await;
        assert_eq!(told, format!("${principal}"), "{login}");
    }
    // The grant itself: a binding, topics, and the right of an administrator.
    assert_eq!(client.send("SET key value").await, "+OK");
    assert_eq!(client.send("XLEN frozen").await, ":1");
    let elsewhere = client.send("XADD elsewhere * value x").await.to_string();
    assert!(elsewhere.starts_with("-NOPERM"), "{elsewhere}");
    assert_eq!(client.send("PLUGIN RELOAD").await, ":1");
}

#[tokio::test]
async fn settings_reach_plugins_of_0_1_0_and_may_be_refused_by_them() {
    for name in ["frozen-roles", "frozen-login"] {
        let gateway = gateway().embedded().start().await;
        let mut client = gateway.client().await;
        let stores = if name == "frozen-login" { STORES } else { "" };
        let toml = format!("[settings]\ndo = \"refuse\"\n{stores}");
        gateway.drop_in("frozen", &frozen(&format!("0.1.0/{name}")), &toml);

        let told = client.send("PLUGIN RELOAD").await.to_string();

        assert!(told.contains("it refused its settings: refused, as the settings ask"), "{told}");
    }
}

/// What lies in the log where no plugin translates it.
async fn stored(gateway: &Gateway, client: &mut Client, topic: &str) -> String {
    fs::remove_file(gateway.plugins().join("frozen.wasm")).expect("it is there");
    assert_eq!(client.send("PLUGIN RELOAD").await.error(), None);
    let entries = client.send(&format!("XRANGE {topic} - +")).await;
    entries.items()[0].items()[1].items()[1].to_string()
}

fn frozen(name: &str) -> Vec<u8> {
    read(&workspace::root().join("tests/frozen").join(format!("{name}.wasm")))
}

/// Folders of the versions.
fn versions() -> Vec<PathBuf> {
    let all = folder(&workspace::root().join("tests/frozen"));
    all.into_iter().filter(|path| path.is_dir()).collect()
}

fn folder(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).expect("it is in the repository");
    entries.map(|entry| entry.expect("it can be read").path()).collect()
}
