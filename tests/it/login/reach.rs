//! What a plugin may ask of a store: what its file grants; the rest is refused by name.

use sluicegate_tests::{
    Client, Gateway, gateway,
    stores::{PASSWORD, Sidecar, Store},
};

use super::{number, operator};

over!([a_plugin_reaches_what_it_is_granted_and_nothing_else]: redis, mysql);

/// Statements that the file names, with a `?` each.
const STATEMENTS: &str = "[sql.users.statements]\nadd = \"SELECT ? + 1\"\n";

/// A store that nobody asks.
const UNUSED_REDIS: &str = r#"
[redis.unused]
url = "redis://127.0.0.1:1"
commands = ["GET"]
keys = ["*"]
"#;

/// A database that nobody asks.
const UNUSED_SQL: &str = r#"
[sql.unused]
url = "mysql://127.0.0.1:1/x"
queries = "read-only"
"#;

/// What is asked of Redis, and what the answer begins with or says.
const OF_REDIS: &[(&str, &str)] = &[
    ("redis users HMGET tb:x a b", "[nil nil]"),
    ("redis users zscore ix:x a", "nil"),
    ("redis users GET tb:x", "GET is not granted: add it to `commands` of `[redis.users]`"),
    ("redis users FLUSHALL", "FLUSHALL cannot be granted"),
    ("redis users SUBSCRIBE tb:x", "SUBSCRIBE cannot be granted"),
    ("redis users HMGET secrets a", "fits none of the granted patterns"),
    ("redis other HMGET tb:x a", "[redis.other]"),
    ("run users by_group", "[sql.users]"),
    ("redis users HMGET tb:x", "Refused("),
    ("many 65 redis users ZSCORE ix:x a", "one login may ask stores 64 times"),
];

/// The same of MySQL.
const OF_MYSQL: &[(&str, &str)] = &[
    ("run users add 41", "[42]"),
    ("query users SELECT 1, NULL, 'a'", "[1 null \"a\"]"),
    ("run users remove 1", "add `remove` to `[sql.users.statements]`"),
    ("query users DELETE FROM auth_tb", "cannot be granted"),
    ("query users SELECT 1; SELECT 2", "cannot be granted"),
    ("query users SELECT 1 INTO OUTFILE 'x'", "cannot be granted"),
    ("query users SELECT * FROM mysql.user", "Refused("),
    ("query users SELECT nonsense", "Refused("),
    ("query other SELECT 1", "[sql.other]"),
    ("redis users HMGET tb:x a", "[redis.users]"),
    ("many 65 query users SELECT 1", "one login may ask stores 64 times"),
];

async fn a_plugin_reaches_what_it_is_granted_and_nothing_else(mut store: Store) {
    let toml = store.toml(Sidecar::default());
    // A store of the other kind is granted under another name, since the plugin imports both.
    let (toml, cases) = if matches!(store, Store::MySql(_)) {
        (toml + STATEMENTS + UNUSED_REDIS, OF_MYSQL)
    } else {
        (toml + UNUSED_SQL, OF_REDIS)
    };
    let toml = without_settings(&toml);
    let gateway = gateway()
        .variable("STORE_PASSWORD", PASSWORD)
        .plugin("operator", "order = 1")
        .plugin("reach", &toml)
        .start()
        .await;
    let mut client = gateway.client().await;

    for (question, answer) in cases {
        let told = client.send_args(&["AUTH", question]).await.to_string();
        assert!(told.contains(answer), "{question}: {told}");
    }
    store.stop().await;
    let told = client.send_args(&["AUTH", &format!("{} ", cases[0].0)]).await.to_string();
    assert!(told.contains("Unavailable("), "{told}");
    counts_all(&gateway, &mut client).await;
}

/// Calls, failures and denials stand in PLUGIN INFO, and the log has no argument of a call.
async fn counts_all(gateway: &Gateway, client: &mut Client) {
    let mut operator = operator(gateway).await;
    for name in ["host_calls", "host_call_failures", "host_calls_denied"] {
        assert!(number(&mut operator, "reach", name).await > 0, "{name}");
    }
    client.send_args(&["AUTH", "redis users GET Zq7Marker"]).await;
    assert!(!gateway.log().contains("Zq7Marker"), "{}", gateway.log());
}

/// The plugin takes no settings.
fn without_settings(toml: &str) -> String {
    let mut lines: Vec<_> = toml.lines().collect();
    lines.retain(|line| {
        !["[settings]", "refresh_secs", "clusters"].iter().any(|start| line.starts_with(start))
    });
    lines.join("\n")
}
