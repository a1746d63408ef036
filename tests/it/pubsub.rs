//! Topics as channels: PUBLISH, SUBSCRIBE and their kin, beside Redis' own answers.

mod fanout; // many subscribers, slow ones, several gateways

use std::time::Duration;

use sluicegate_tests::{Client, Reply, client::encode, gateway, redis::Redis};

/// Sends each line and waits for as many replies as stand beside it.
pub(crate) async fn dialogue(client: &mut Client, lines: &[(&str, usize)]) -> Vec<Reply> {
    let mut replies = Vec::new();
    for (line, count) in lines {
        let words: Vec<_> = line.split(' ').collect();
        client.write(&encode(&words)).await.expect("it is open");
        for _ in 0..*count {
            replies.push(client.reply().await);
        }
    }
    replies
}

/// Says the same to Redis and to the gateway, in RESP2 and in RESP3.
pub(crate) async fn assert_as_redis(lines: &[(&str, usize)]) {
    let Some(redis) = Redis::start(&[]).await else { return };
    let gateway = gateway().start().await;
    for version in ["HELLO 2", "HELLO 3"] {
        let mut there = Client::connect(&redis.address).await.expect("Redis takes a connection");
        let mut here = gateway.client().await;
        there.send(version).await;
        here.send(version).await;

        let (wanted, found) = (dialogue(&mut there, lines).await, dialogue(&mut here, lines).await);

        assert_eq!(found, wanted, "{version}");
    }
}

#[tokio::test]
async fn subscriptions_are_confirmed_as_redis_confirms_them() {
    assert_as_redis(&[
        ("SUBSCRIBE a b a", 3),
        ("PING", 1),
        ("PING hi", 1),
        ("PSUBSCRIBE a* [b-c]?", 2),
        ("SSUBSCRIBE s", 1),
        ("UNSUBSCRIBE nothing a", 2),
        ("PUNSUBSCRIBE zz", 1),
        ("UNSUBSCRIBE", 1),
        ("UNSUBSCRIBE", 1),
        ("SUNSUBSCRIBE", 1),
        ("SUNSUBSCRIBE", 1),
        ("PUNSUBSCRIBE a*", 1),
        ("PUNSUBSCRIBE", 1),
        ("PUNSUBSCRIBE", 1),
        ("PING", 1),
        ("SUBSCRIBE a", 1),
        ("RESET", 1),
        ("PING", 1),
        ("SUBSCRIBE", 1),
        ("PUBLISH a", 1),
    ])
    .await;
}

#[tokio::test]
async fn who_listens_is_told_as_redis_tells_it() {
    assert_as_redis(&[
        ("PUBSUB CHANNELS", 1),
        ("PUBSUB NUMSUB a b", 1),
        ("PUBSUB NUMSUB", 1),
        ("PUBSUB SHARDCHANNELS", 1),
        ("PUBSUB SHARDNUMSUB a", 1),
        ("PUBSUB NUMPAT", 1),
        ("PUBSUB NUMPAT x", 1),
        ("PUBSUB CHANNELS a b", 1),
        ("PUBSUB HELP", 1),
        ("PUBSUB NONSENSE", 1),
        ("PUBSUB", 1),
    ])
    .await;
    let gateway = gateway().start().await;
    let (mut listener, mut asker) = (gateway.client().await, gateway.client().await);
    dialogue(&mut listener, &[("SUBSCRIBE a b", 2), ("PSUBSCRIBE a*", 1), ("SSUBSCRIBE c", 1)])
        .await;

    assert_eq!(asker.send("PUBSUB CHANNELS").await, "[$a, $b]");
    assert_eq!(asker.send("PUBSUB CHANNELS [b-z]").await, "[$b]");
    assert_eq!(asker.send("PUBSUB NUMSUB a c").await, "[$a, :1, $c, :0]");
    assert_eq!(asker.send("PUBSUB SHARDCHANNELS").await, "[$c]");
    assert_eq!(asker.send("PUBSUB SHARDNUMSUB a c").await, "[$a, :0, $c, :1]");
    assert_eq!(asker.send("PUBSUB NUMPAT").await, ":1");
}

#[tokio::test]
async fn a_subscriber_in_resp2_may_ask_for_little() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    client.send("SUBSCRIBE a").await;

    assert_eq!(
        client.send("XLEN a").await,
        "-ERR Can't execute 'xlen': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET \
         are allowed in this context"
    );
    assert_eq!(client.send("UNSUBSCRIBE").await, "[$unsubscribe, $a, :0]");
    assert_eq!(client.send("XLEN a").await, ":0");
}

#[tokio::test]
async fn messages_come_worded_as_redis_words_them() {
    let Some(redis) = Redis::start(&[]).await else { return };
    let gateway = gateway().start().await;
    let mut heard = Vec::new();
    for address in [&redis.address, &gateway.address] {
        for version in ["HELLO 2", "HELLO 3"] {
            let mut writer = Client::connect(address).await.expect("it takes a connection");
            let subscribe = [
                ("SUBSCRIBE news", "PUBLISH"),
                ("PSUBSCRIBE n?ws", "PUBLISH"),
                ("SSUBSCRIBE news", "SPUBLISH"),
            ];
            for (subscribe, publish) in subscribe {
                let mut listener = Client::connect(address).await.expect("it takes a connection");
                listener.send(version).await;
                listener.send(subscribe).await;
                let received =
                    writer.send_args(&[publish.as_bytes(), b"news", b"a\x00\r\n\xff"]).await;
                heard.push((received, listener.reply().await));
                writer.send_args(&[publish, "news", ""]).await;
                heard.push((Reply::Null, listener.reply().await));
                drop(listener);
                until(&mut writer, "PUBSUB NUMPAT", ":0").await;
                until(&mut writer, "PUBSUB NUMSUB news", "[$news, :0]").await;
                until(&mut writer, "PUBSUB SHARDNUMSUB news", "[$news, :0]").await;
            }
        }
    }
    let (there, here) = heard.split_at(heard.len() / 2);
    assert_eq!(here, there);
}

/// Sends `command` until it is answered so.
pub(crate) async fn until(client: &mut Client, command: &str, wanted: &str) {
    for _ in 0..600 {
        if client.send(command).await == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{command} is never answered {wanted}");
}

#[tokio::test]
async fn only_what_is_stored_from_now_on_comes_whoever_stores_it() {
    let gateway = gateway().start().await;
    let (mut listener, mut writer) = (gateway.client().await, gateway.client().await);
    assert_eq!(writer.send("PUBLISH news before").await, ":0");
    assert_eq!(listener.send("SUBSCRIBE news").await, "[$subscribe, $news, :1]");

    assert_eq!(writer.send("PUBLISH news one").await, ":1");
    assert_eq!(writer.send("XADD news * value two").await, "$3-0");
    assert_eq!(writer.send("XADD news * a 1 b 2").await, "$4-0");
    let looks_like_an_entry = "*2\r\n$5\r\nvalue\r\n$1\r\nx\r\n";
    assert_eq!(writer.send_args(&["PUBLISH", "news", looks_like_an_entry]).await, ":1");

    assert_eq!(listener.reply().await, "[$message, $news, $one]");
    assert_eq!(listener.reply().await, "[$message, $news, $two]");
    let entry = listener.reply().await;
    assert_eq!(entry.items()[2].bytes(), b"*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n");
    assert_eq!(listener.reply().await.items()[2].bytes(), looks_like_an_entry.as_bytes());
    assert_eq!(
        writer.send("XRANGE news 1-0 2-0").await,
        "[[$1-0, [$value, $before]], [$2-0, [$value, $one]]]"
    );
}

#[tokio::test]
async fn topics_that_are_made_later_are_heard_from_their_beginning() {
    let gateway = gateway().start().await;
    let (mut listener, mut writer) = (gateway.client().await, gateway.client().await);
    dialogue(&mut listener, &[("SUBSCRIBE later", 1), ("PSUBSCRIBE l*r", 1)]).await;

    assert_eq!(writer.send("PUBLISH later one").await, ":2");
    assert_eq!(writer.send("PUBLISH latter two").await, ":1");

    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(listener.reply().await.to_string());
    }
    heard.sort();
    assert_eq!(
        heard,
        [
            "[$message, $later, $one]",
            "[$pmessage, $l*r, $later, $one]",
            "[$pmessage, $l*r, $latter, $two]"
        ]
    );
}

#[tokio::test]
async fn every_partition_is_heard_in_its_order() {
    let gateway = gateway().start().await;
    let (mut listener, mut writer) = (gateway.client().await, gateway.client().await);
    assert_eq!(writer.send("TOPIC CREATE wide PARTITIONS 4").await, "+OK");
    listener.send("SUBSCRIBE wide").await;

    let lines: Vec<_> = (0..400).map(|n| format!("XADD wide:{} * value {n}", n % 4)).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let ids = writer.pipeline(&lines).await;
    assert!(ids.iter().all(|id| id.error().is_none()), "{ids:?}");

    let mut next = [0, 1, 2, 3];
    for _ in 0..400 {
        let message = listener.reply().await;
        let value = String::from_utf8_lossy(message.items()[2].bytes()).into_owned();
        let value: usize = value.parse().expect("a number was published");
        assert_eq!(value, next[value % 4], "{message}");
        next[value % 4] += 4;
    }
}

#[tokio::test]
async fn in_resp3_messages_come_while_other_commands_go_on_and_while_one_waits() {
    let gateway = gateway().start().await;
    let (mut listener, mut writer) = (gateway.client().await, gateway.client().await);
    listener.send("HELLO 3").await;
    assert_eq!(listener.send("SUBSCRIBE news").await, ">[$subscribe, $news, :1]");

    assert_eq!(listener.send("XLEN news").await, ":0");
    listener.write(b"PING\r\nXREAD BLOCK 60000 STREAMS other $\r\n").await.expect("it is open");
    assert_eq!(listener.reply().await, "+PONG", "a wait holds no reply back");
    assert_eq!(writer.send("PUBLISH news one").await, ":1");
    assert_eq!(listener.reply().await, ">[$message, $news, $one]");
    assert_eq!(writer.send("XADD other * n 1").await, "$1-0");
    assert_eq!(listener.reply().await, "{$other: [[$1-0, [$n, $1]]]}");
}

const USERS: &str = r#"
[[settings.users]]
name = "narrow"
secret = "narrow"
publish = ["a*"]
consume = ["a*"]

[[settings.users]]
name = "wide"
secret = "wide"
publish = ["*"]
consume = ["*"]
"#;

#[tokio::test]
async fn a_client_hears_only_what_its_login_allows() {
    let gateway = gateway().plugin("auth-static", USERS).start().await;
    let (mut narrow, mut wide) = (gateway.client().await, gateway.client().await);
    narrow.send("HELLO 3 AUTH narrow narrow").await;
    wide.send("AUTH wide wide").await;
    let refused = "-NOPERM no subscribe permission on this topic";
    assert_eq!(narrow.send("SUBSCRIBE a b").await, refused);
    assert_eq!(narrow.send("PSUBSCRIBE *").await, ">[$psubscribe, $*, :1]");
    let no = narrow.send("PUBLISH b no").await;
    assert_eq!(no, "-NOPERM no publish permission on this topic");

    assert_eq!(wide.send("PUBLISH b secret").await, ":0");
    assert_eq!(wide.send("PUBLISH a open").await, ":1");
    assert_eq!(narrow.reply().await, ">[$pmessage, $*, $a, $open]");

    // Another login on the same connection: more, then less.
    assert_eq!(narrow.send("AUTH wide wide").await, "+OK");
    assert_eq!(narrow.send("SUBSCRIBE b").await, ">[$subscribe, $b, :2]");
    assert_eq!(wide.send("PUBLISH b both").await, ":2");
    let mut heard = [narrow.reply().await.to_string(), narrow.reply().await.to_string()];
    heard.sort();
    assert_eq!(heard, [">[$message, $b, $both]", ">[$pmessage, $*, $b, $both]"]);
    narrow.write(b"AUTH narrow narrow\r\n").await.expect("it is open");
    assert_eq!(narrow.reply().await, ">[$unsubscribe, $b, :1]");
    assert_eq!(narrow.reply().await, "+OK");
    assert_eq!(wide.send("PUBLISH b nobody").await, ":0");
    assert_eq!(wide.send("PUBLISH a again").await, ":1");
    assert_eq!(narrow.reply().await, ">[$pmessage, $*, $a, $again]");
}

#[tokio::test]
async fn what_is_no_topic_is_no_channel() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    for command in ["SUBSCRIBE a:1", "SUBSCRIBE fine a:b", "PUBLISH a/b x", "SPUBLISH : x"] {
        let reply = client.send(command).await;
        let said = reply.error().is_some_and(|text| text.contains("a channel is a topic: "));
        assert!(said, "{command}: {reply}");
    }
    let internal = client.send("SUBSCRIBE __sluicegate.x").await;
    assert!(internal.error().is_some_and(|text| text.starts_with("NOPERM ")), "{internal}");
    assert_eq!(client.send("PING").await, "+PONG", "nothing of it was subscribed");
}
