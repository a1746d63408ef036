//! MONITOR: the commands of all clients, as they come.

use std::time::Duration;

use sluicegate_tests::{Client, Gateway, Reply, gateway, redis::Redis};

use crate::pubsub::until;

/// Said last, so that a watcher knows when it has seen all.
const END: &str = "ECHO end";

/// An administrator, and someone who is none.
const USERS: &str = r#"
[[settings.users]]
name = "root"
secret = "root-secret"
publish = ["*"]
consume = ["*"]
admin = true

[[settings.users]]
name = "alice"
secret = "alice-secret"
publish = ["*"]
consume = ["*"]
"#;

/// What is said; no reply is looked at.
const SAID: &[&str] = &[
    "PING",
    "ping hello",
    "xadd s * 'a b' ''",
    "XLEN s",
    "AUTH pw",
    "AUTH u pw",
    "HELLO 2 AUTH u pw SETNAME x",
    "HELLO 2 SETNAME y",
    "CONFIG GET save",
    "CONFIG SET masterauth pw",
    "ACL WHOAMI",
    "ACL LIST",
    "CLIENT ID",
    "CLIENT LIST",
    "CLIENT KILL ID 99999",
    "SLOWLOG LEN",
    "SLOWLOG HELP",
    "LATENCY LATEST",
    "MODULE LIST",
    "NONSENSE a",
    "XLEN",
    "MULTI",
    "PING",
    "XLEN s",
    "XADD s * a 1",
    "EXEC",
    "EXEC",
    "MULTI",
    "XLEN",
    "EXEC",
    "MULTI",
    "PING",
    "DISCARD",
    "XREAD BLOCK 10 STREAMS s $",
    "XREAD COUNT 1 STREAMS s 0",
    "COMMAND COUNT",
    "SUBSCRIBE x",
    "XLEN s",
    "UNSUBSCRIBE x",
    "RESET",
];

#[tokio::test]
async fn commands_are_shown_as_redis_shows_them() {
    let Some(redis) = Redis::start(&[]).await else { return };
    let gateway = gateway().start().await;
    for version in ["HELLO 2", "HELLO 3"] {
        let theirs = watched(&redis.address, version).await;
        let ours = watched(&gateway.address, version).await;
        assert_eq!(ours, theirs, "{version}");
        assert!(theirs.len() > 20, "{theirs:?}");
    }
}

/// What a watcher sees of what another client says.
async fn watched(address: &str, version: &str) -> Vec<String> {
    let mut watcher = Client::connect(address).await.expect("it takes a connection");
    let mut client = Client::connect(address).await.expect("it takes a connection");
    watcher.send(version).await;
    assert_eq!(watcher.send("MONITOR").await, "+OK");
    for said in SAID {
        client.send(said).await;
    }
    let bytes: Vec<u8> = (0..=255).collect();
    client.send_args(&[b"ECHO", &bytes[..]]).await;
    client.send(END).await;
    shown_to_the_end(&mut watcher).await
}

/// The commands that a watcher sees, without time and address.
async fn shown_to_the_end(watcher: &mut Client) -> Vec<String> {
    let mut lines = Vec::new();
    while lines.last().is_none_or(|line| line != r#""ECHO" "end""#) {
        lines.push(command(&watcher.reply().await));
    }
    lines
}

fn command(line: &Reply) -> String {
    let line = line.to_string();
    line.split_once("] ").map_or(line.clone(), |(_, command)| command.to_owned())
}

#[tokio::test]
async fn a_watcher_is_answered_as_redis_answers_it() {
    let Some(redis) = Redis::start(&[]).await else { return };
    let gateway = gateway().start().await;
    for version in ["HELLO 2", "HELLO 3"] {
        let (there, here) =
            (asked(&redis.address, version).await, asked(&gateway.address, version).await);
        assert_eq!(here, there, "{version}");
    }
}

/// What a watcher is answered, and sees of its own commands.
async fn asked(address: &str, version: &str) -> Vec<String> {
    let mut watcher = Client::connect(address).await.expect("it takes a connection");
    let mut told = vec![watcher.send("MONITOR x").await.to_string()];
    watcher.send(version).await;
    for (said, count) in [
        ("MONITOR", 1),
        ("MONITOR", 0),
        ("PING", 2),
        ("XLEN s", 1),
        ("XADD s * a 1", 1),
        ("PUBLISH s a", 1),
        ("KEYS *", 1),
        ("CLIENT GETNAME", 2),
        ("MULTI", 2),
        ("PING", 1),
        ("EXEC", 3),
        ("SUBSCRIBE x", 2),
        ("PING", 2),
        ("UNSUBSCRIBE x", 2),
        ("RESET", 1),
        ("MULTI", 1),
        ("MONITOR", 1),
        ("EXEC", 1),
        ("PING", 1),
    ] {
        watcher
            .write(&sluicegate_tests::client::encode(&sluicegate_tests::client::split(said)))
            .await
            .expect("it is open");
        for _ in 0..count {
            told.push(format!("{said}: {}", command(&watcher.reply().await)));
        }
    }
    told
}

#[tokio::test]
async fn a_line_tells_when_and_from_where() {
    let gateway = gateway().unix_socket().start().await;
    let mut watcher = gateway.client().await;
    watcher.send("MONITOR").await;
    let mut client = gateway.client().await;
    let info = String::from_utf8_lossy(client.send("CLIENT INFO").await.bytes()).into_owned();
    let address =
        info.split(' ').find_map(|field| field.strip_prefix("addr=")).expect("it is told");
    Client::connect_unix(&gateway.socket()).await.expect("it is open").send("PING").await;

    let (tcp, unix) = (watcher.reply().await.to_string(), watcher.reply().await.to_string());

    let now = std::time::UNIX_EPOCH.elapsed().expect("it is later than 1970");
    let (time, rest) = tcp.trim_start_matches('+').split_once(' ').expect("time and place");
    let (secs, micros) = time.split_once('.').expect("seconds and microseconds");
    assert!(now.as_secs().abs_diff(secs.parse().expect("a number")) < 60 && micros.len() == 6);
    assert_eq!(rest, format!(r#"[0 {address}] "CLIENT" "INFO""#));
    let place = format!("[0 unix:{}] \"PING\"", gateway.socket().display());
    assert!(unix.ends_with(&place), "{unix}");
    let listed = client.send("CLIENT LIST").await.to_string();
    assert!(listed.contains(" flags=O "), "{listed}");
}

#[tokio::test]
async fn only_administrators_watch() {
    let gateway = gateway().plugin("auth-static", USERS).start().await;
    let (mut alice, mut root) = (gateway.client().await, gateway.client().await);
    assert_eq!(alice.send("AUTH alice alice-secret").await, "+OK");
    assert_eq!(root.send("AUTH root root-secret").await, "+OK");

    let refused = alice.send("MONITOR").await;
    assert_eq!(refused, "-NOPERM this command needs a login with admin rights");
    assert_eq!(root.send("MONITOR").await, "+OK");
    alice.send("AUTH root wrong-secret").await;
    alice.send("HELLO 3 AUTH root-secret").await;
    alice.send(END).await;
    let shown = shown_to_the_end(&mut root).await;
    assert_eq!(shown.len(), 3, "{shown:?}");
    assert!(!shown.join("\n").contains("-secret"), "{shown:?}");

    // Whoever becomes another may not watch as the one before.
    assert_eq!(root.send("AUTH alice alice-secret").await, "+OK");
    assert_eq!(root.next().await.expect("an orderly end"), None);
}

#[tokio::test]
async fn commands_of_one_packet_are_shown_in_order() {
    let gateway = gateway().start().await;
    let (mut watcher, mut client) = (gateway.client().await, gateway.client().await);
    watcher.send("MONITOR").await;
    let said: Vec<_> = (0..3_000)
        .map(|n| match n % 5 {
            0 => format!("PING {n}"),
            1 => format!("XLEN s{n}"),
            2 => format!("PUBLISH s {n}"),
            _ => format!("XADD s * n {n}"),
        })
        .chain([END.to_owned()])
        .collect();

    client.pipeline(&said.iter().map(String::as_str).collect::<Vec<_>>()).await;

    let shown = shown_to_the_end(&mut watcher).await;
    let wanted: Vec<_> = said
        .iter()
        .map(|line| line.split(' ').map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(shown, wanted);
}

#[tokio::test]
async fn a_slow_watcher_is_cut_and_delays_nobody() {
    let gateway = gateway().set("listen.subscriber_bytes_max", 1 << 20).start().await;
    let (mut fast, mut slow) = (gateway.client().await, gateway.client().await);
    let mut writer = gateway.client().await;
    fast.send("MONITOR").await;
    slow.send("MONITOR").await;

    // It reads nothing, and what the kernel takes for it is bounded too.
    let value = "x".repeat(100_000);
    let mut sent = 0;
    while !gateway.log().contains("subscriber cut off") {
        assert!(sent < 2_000, "the slow one is cut:\n{}", gateway.log());
        writer.send_args(&["ECHO", &value]).await;
        assert!(command(&fast.reply().await).starts_with("\"ECHO\""));
        sent += 1;
    }

    is_watched_by_one(&gateway, &mut writer).await;
}

async fn is_watched_by_one(gateway: &Gateway, client: &mut Client) {
    let watchers = async |client: &mut Client| {
        client.send("CLIENT LIST").await.to_string().matches(" flags=O ").count()
    };
    for _ in 0..200 {
        if watchers(client).await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(watchers(client).await, 1, "{}", gateway.log());
    until(client, "PING", "+PONG").await;
}
