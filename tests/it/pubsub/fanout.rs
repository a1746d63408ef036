//! Many who listen: on several gateways, over a restart, and with a slow one among them.

use std::time::{Duration, Instant};

use sluicegate_tests::{Client, Gateway, console::tell, gateway, kafka};

/// Subscribers of one topic; `SLUICEGATE_SUBSCRIBERS` sets another number.
const SUBSCRIBERS: usize = 200;
/// Longest wait for what a counter is to say.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_message_reaches_every_subscriber() {
    let count = std::env::var("SLUICEGATE_SUBSCRIBERS")
        .map_or(SUBSCRIBERS, |text| text.parse().expect("SLUICEGATE_SUBSCRIBERS is a number"));
    let gateway = gateway().start().await;
    let mut writer = gateway.client().await;
    let mut listeners = Vec::new();
    for _ in 0..count {
        let mut listener = gateway.client().await;
        listener.send("SUBSCRIBE news").await;
        listeners.push(listener);
    }

    let began = Instant::now();
    assert_eq!(writer.send("PUBLISH news hello").await, format!(":{count}"));
    for listener in &mut listeners {
        assert_eq!(listener.reply().await, "[$message, $news, $hello]");
    }
    tell(&format!("{count} subscribers heard a message within {:?}", began.elapsed()));
}

#[tokio::test]
async fn a_slow_subscriber_is_cut_and_delays_nobody() {
    let gateway = gateway().set("listen.subscriber_bytes_max", 1 << 20).start().await;
    let (mut fast, mut slow) = (gateway.client().await, gateway.client().await);
    let mut writer = gateway.client().await;
    fast.send("SUBSCRIBE news").await;
    slow.send("SUBSCRIBE news").await;

    // It reads nothing, and what the kernel takes for it is bounded too.
    let value = "x".repeat(100_000);
    let mut published = 0;
    while counter(&mut writer, "subscribers_cut").await == 0 {
        assert!(published < 2_000, "the slow one is cut:\n{}", gateway.log());
        let reply = writer.send_args(&["PUBLISH", "news", &format!("{published} {value}")]).await;
        assert_eq!(reply.error(), None);
        let message = fast.reply().await;
        let heard = String::from_utf8_lossy(message.items()[2].bytes()).into_owned();
        assert_eq!(heard.split(' ').next(), Some(published.to_string().as_str()));
        published += 1;
    }

    gateway.logs("subscriber cut off").await;
    super::until(&mut writer, "PUBSUB NUMSUB news", "[$news, :1]").await;
    assert_eq!(writer.send("PUBLISH news end").await, ":1");
    assert_eq!(fast.reply().await, "[$message, $news, $end]");
}

async fn counter(client: &mut Client, name: &str) -> u64 {
    let info = client.send("INFO stats").await;
    let text = String::from_utf8_lossy(info.bytes()).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|count| count.parse().ok()).expect("INFO has the counter")
}

#[tokio::test]
async fn a_subscriber_hears_again_after_the_gateway_restarts() {
    let mut gateway = gateway().start().await;
    let mut listener = gateway.client().await;
    listener.send("SUBSCRIBE news").await;
    assert_eq!(gateway.client().await.send("PUBLISH news one").await, ":1");
    assert_eq!(listener.reply().await, "[$message, $news, $one]");

    assert!(gateway.terminate().await.success());
    assert_eq!(listener.next().await.expect("an orderly end"), None);
    gateway.start_again().await;

    let mut listener = gateway.client().await;
    listener.send("SUBSCRIBE news").await;
    assert_eq!(gateway.client().await.send("PUBLISH news two").await, ":1");
    assert_eq!(listener.reply().await, "[$message, $news, $two]");
}

#[tokio::test]
async fn gateways_on_one_kafka_hear_each_other() {
    let Some(space) = kafka::space() else { return };
    let quick = "metadata_refresh_ms = 200";
    let here = gateway().kafka(&space).cluster("main", quick).start().await;
    let there = gateway().kafka(&space).cluster("main", quick).start().await;
    let mut listeners = [here.client().await, there.client().await];
    for listener in &mut listeners {
        listener.send("SUBSCRIBE news").await;
        listener.send("PSUBSCRIBE n*").await;
    }

    for (n, writer) in [&here, &there, &here].into_iter().enumerate() {
        let reply = writer.client().await.send(&format!("PUBLISH news {n}")).await;
        assert_eq!(reply.error(), None, "{reply}");
        for listener in &mut listeners {
            let mut heard =
                [listener.reply().await.to_string(), listener.reply().await.to_string()];
            heard.sort();
            let message = format!("[$message, $news, ${n}]");
            assert_eq!(heard, [message, format!("[$pmessage, $n*, $news, ${n}]")]);
        }
    }
    hears_of_new_topics(&here, &there).await;
}

async fn hears_of_new_topics(here: &Gateway, there: &Gateway) {
    let mut listener = there.client().await;
    listener.send("PSUBSCRIBE late*").await;
    let began = Instant::now();

    let reply = here.client().await.send("PUBLISH later first").await;
    assert_eq!(reply.error(), None, "{reply}");

    assert_eq!(listener.reply().await, "[$pmessage, $late*, $later, $first]");
    assert!(began.elapsed() < PATIENCE);
}
