//! Who is connected, and what one client may do to another.

use std::{collections::BTreeMap, time::Duration};

use sluicegate_tests::{Client, Gateway, Reply, gateway, redis::Redis};

use crate::pubsub::{assert_as_redis, dialogue, until};

#[tokio::test]
async fn client_commands_are_answered_as_redis_answers_them() {
    assert_as_redis(&[
        ("CLIENT LIST TYPE foo", 1),
        ("CLIENT LIST ID x", 1),
        ("CLIENT LIST ID", 1),
        ("CLIENT LIST ID 99999", 1),
        ("CLIENT LIST FOO", 1),
        ("CLIENT KILL 1.1.1.1:1", 1),
        ("CLIENT KILL ID 99999", 1),
        ("CLIENT KILL ID x", 1),
        ("CLIENT KILL FOO bar", 1),
        ("CLIENT KILL TYPE nosuch", 1),
        ("CLIENT KILL TYPE pubsub", 1),
        ("CLIENT KILL SKIPME maybe", 1),
        ("CLIENT KILL ADDR 1:1 SKIPME yes", 1),
        ("CLIENT UNBLOCK 99999", 1),
        ("CLIENT UNBLOCK x", 1),
        ("CLIENT UNBLOCK 3 FOO", 1),
        ("CLIENT UNBLOCK", 1),
        ("CLIENT UNPAUSE", 1),
        ("CLIENT GETREDIR", 1),
        ("CLIENT TRACKINGINFO", 1),
        ("CLIENT TRACKING OFF", 1),
        ("CLIENT CACHING yes", 1),
        ("CLIENT NO-EVICT on", 1),
        ("CLIENT NO-EVICT foo", 1),
        ("CLIENT MAINT_NOTIFICATIONS ON", 1),
        ("CLIENT FOO", 1),
        ("CLIENT REPLY foo", 1),
        ("CLIENT REPLY ON", 1),
        ("CLIENT REPLY SKIP", 0),
        ("PING", 0),
        ("ECHO one", 1),
        ("CLIENT REPLY OFF", 0),
        ("PING", 0),
        ("NONSENSE", 0),
        ("SUBSCRIBE a", 1),
        ("UNSUBSCRIBE a", 1),
        ("CLIENT REPLY SKIP", 0),
        ("CLIENT REPLY ON", 1),
        ("ECHO two", 1),
        ("CLIENT KILL TYPE normal SKIPME no", 1),
    ])
    .await;
}

#[tokio::test]
async fn a_line_of_the_list_has_every_field_that_redis_has() {
    let Some(redis) = Redis::start(&[]).await else { return };
    let gateway = gateway().start().await;
    let mut there = Client::connect(&redis.address).await.expect("Redis takes a connection");
    let mut here = gateway.client().await;
    let wanted = lines(&there.send("CLIENT LIST").await);
    here.send("CLIENT SETNAME me").await;

    let found = lines(&here.send("CLIENT LIST").await);

    for name in wanted[0].keys() {
        assert!(found[0].contains_key(name), "`{name}` is missing: {found:?}");
    }
    let line = &found[0];
    assert_eq!((line["name"].as_str(), line["flags"].as_str()), ("me", "N"));
    assert_eq!((line["cmd"].as_str(), line["multi"].as_str()), ("client|list", "-1"));
    assert_eq!(line["laddr"], gateway.address);
    assert_eq!((line["resp"].as_str(), line["user"].as_str()), ("2", "default"));
    assert_eq!(lines(&here.send("CLIENT INFO").await)[0]["id"], line["id"]);
}

/// The lines of CLIENT LIST, field by field.
fn lines(list: &Reply) -> Vec<BTreeMap<String, String>> {
    let text = String::from_utf8_lossy(list.bytes()).into_owned();
    let fields = |line: &str| {
        let fields = line.split(' ').filter_map(|field| field.split_once('='));
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    text.lines().map(fields).collect()
}

/// Waits until the list has exactly one line whose fields begin so, and answers it.
async fn listed(client: &mut Client, wanted: &[(&str, &str)]) -> BTreeMap<String, String> {
    for _ in 0..600 {
        let all = lines(&client.send("CLIENT LIST").await);
        let fits =
            |line: &&BTreeMap<_, _>| wanted.iter().all(|(name, value)| line[*name] == *value);
        if let Some(line) = all.iter().find(fits) {
            return line.clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("CLIENT LIST never shows {wanted:?}");
}

/// A client that waits in an XREAD, and its id.
async fn blocked(gateway: &Gateway, watcher: &mut Client) -> (Client, String) {
    let mut client = gateway.client().await;
    client.write(b"XREAD BLOCK 0 STREAMS nothing $\r\n").await.expect("it is open");
    let id = listed(watcher, &[("flags", "b"), ("cmd", "xread")]).await["id"].clone();
    (client, id)
}

#[tokio::test]
async fn what_a_client_is_doing_shows() {
    let gateway = gateway().start().await;
    let (mut watcher, mut client) = (gateway.client().await, gateway.client().await);

    dialogue(&mut client, &[("HELLO 3", 1), ("SUBSCRIBE a b", 2), ("PSUBSCRIBE c*", 1)]).await;
    dialogue(&mut client, &[("SSUBSCRIBE d", 1), ("MULTI", 1), ("PING", 1)]).await;

    let shown = [("flags", "Px"), ("sub", "2"), ("psub", "1"), ("ssub", "1"), ("multi", "1")];
    let line = listed(&mut watcher, &shown).await;
    assert_eq!((line["resp"].as_str(), line["cmd"].as_str()), ("3", "ping"));
    let listening = lines(&watcher.send("CLIENT LIST TYPE pubsub").await);
    assert_eq!(listening.len(), 1, "{listening:?}");
    let by_id = watcher.send(&format!("CLIENT LIST ID {} 99999", line["id"])).await;
    assert_eq!(lines(&by_id).len(), 1);
}

#[tokio::test]
async fn a_waiting_client_is_unblocked_by_another() {
    let gateway = gateway().start().await;
    let mut watcher = gateway.client().await;
    let info = |info: &Reply| String::from_utf8_lossy(info.bytes()).contains("blocked_clients:1");

    let (mut client, id) = blocked(&gateway, &mut watcher).await;
    assert!(info(&watcher.send("INFO clients").await));
    assert_eq!(watcher.send(&format!("CLIENT UNBLOCK {id}")).await, ":1");
    assert_eq!(client.reply().await, "nil");
    drop(client);
    let (mut client, id) = blocked(&gateway, &mut watcher).await;
    assert_eq!(watcher.send(&format!("CLIENT UNBLOCK {id} ERROR")).await, ":1");
    assert_eq!(client.reply().await, "-UNBLOCKED client unblocked via CLIENT UNBLOCK");

    assert_eq!(watcher.send(&format!("CLIENT UNBLOCK {id}")).await, ":0", "it does not wait");
    assert_eq!(client.send("PING").await, "+PONG");
    assert!(!info(&watcher.send("INFO clients").await));
}

#[tokio::test]
async fn a_client_that_disappears_leaves_nothing_behind() {
    let gateway = gateway().start().await;
    let mut watcher = gateway.client().await;
    let (waiting, id) = blocked(&gateway, &mut watcher).await;
    let mut listening = gateway.client().await;
    dialogue(&mut listening, &[("SUBSCRIBE a", 1), ("PSUBSCRIBE b*", 1)]).await;

    drop((waiting, listening));

    until(&mut watcher, &format!("CLIENT LIST ID {id}"), "$").await;
    until(&mut watcher, "CLIENT LIST TYPE pubsub", "$").await;
    until(&mut watcher, "PUBSUB NUMSUB a", "[$a, :0]").await;
    until(&mut watcher, "PUBSUB NUMPAT", ":0").await;
}

#[tokio::test]
async fn clients_are_ended_by_address_id_user_and_type() {
    let gateway = gateway().start().await;
    let mut admin = gateway.client().await;
    for (kind, option) in [("", "ID {id}"), ("", "{addr}"), ("SUBSCRIBE a", "TYPE pubsub")] {
        let mut client = gateway.client().await;
        client.send("CLIENT SETNAME victim").await;
        let line = listed(&mut admin, &[("name", "victim")]).await;
        if !kind.is_empty() {
            client.send(kind).await;
        }
        let option = option.replace("{id}", &line["id"]).replace("{addr}", &line["addr"]);

        let killed = admin.send(&format!("CLIENT KILL {option}")).await;

        assert!(killed == ":1" || killed == "+OK", "{option}: {killed}");
        assert_eq!(client.next().await.expect("an orderly end"), None, "{option}");
        until(&mut admin, &format!("CLIENT LIST ID {}", line["id"]), "$").await;
    }
    assert_eq!(admin.send("CLIENT KILL MAXAGE 0 SKIPME yes").await, ":0");
    assert_eq!(admin.send("PING").await, "+PONG");
}

const USERS: &str = r#"
[[settings.users]]
name = "one"
secret = "one"
publish = ["*"]
consume = ["*"]

[[settings.users]]
name = "two"
secret = "two"
publish = ["*"]
consume = ["*"]
"#;

#[tokio::test]
async fn other_users_are_out_of_reach() {
    let gateway = gateway().plugin("auth-static", USERS).start().await;
    let (mut one, mut two) = (gateway.client().await, gateway.client().await);
    let mut other = gateway.client().await;
    for (client, login) in [(&mut one, "one one"), (&mut two, "two two"), (&mut other, "one one")] {
        assert_eq!(client.send(&format!("AUTH {login}")).await, "+OK");
    }
    assert_eq!(lines(&one.send("CLIENT LIST").await).len(), 1, "only itself");

    assert_eq!(one.send("CLIENT KILL USER two").await, ":0");
    assert_eq!(two.send("PING").await, "+PONG");
    assert_eq!(one.send("CLIENT KILL USER one").await, ":1");
    assert_eq!(other.next().await.expect("an orderly end"), None);
}
