//! What tools ask: redis-cli's modes, GUIs that browse, exporters, the slow log.

use std::collections::BTreeSet;

use sluicegate_tests::{Client, command::run, gateway, missing};

use crate::clients::terminal;

/// What RedisInsight and programs like it send when they open a database and show one stream.
const GUI: &[&str] = &[
    "CLIENT SETNAME redisinsight-browser-1",
    "INFO",
    "CONFIG GET databases",
    "COMMAND",
    "MODULE LIST",
    "ACL WHOAMI",
    "INFO server",
    "INFO keyspace",
    "DBSIZE",
    "SCAN 0 MATCH * COUNT 500",
    "SCAN 0 MATCH ord* COUNT 500 TYPE stream",
    "TYPE orders",
    "TTL orders",
    "MEMORY USAGE orders SAMPLES 0",
    "OBJECT ENCODING orders",
    "XLEN orders",
    "XINFO STREAM orders",
    "XRANGE orders - + COUNT 500",
    "XREVRANGE orders + - COUNT 500",
    "XINFO GROUPS orders",
    "XADD orders * field value",
    "SLOWLOG GET 50",
    "SLOWLOG LEN",
    "CONFIG GET slowlog*",
    "CLIENT LIST",
    "LATENCY LATEST",
    "MEMORY STATS",
    "PUBSUB CHANNELS",
    "COMMAND DOCS",
];

async fn topics(client: &mut Client, names: impl Iterator<Item = String>) {
    for name in names {
        let id = client.send_args(&["XADD", &name, "*", "field", "value"]).await;
        assert_eq!(id.bytes(), b"1-0", "{name}");
    }
}

#[tokio::test]
async fn a_gui_can_open_the_gateway_and_browse_a_stream() {
    let gateway = gateway().start().await;
    for protocol in ["HELLO 2", "HELLO 3"] {
        let mut client = gateway.client().await;
        client.send(protocol).await;
        client.send("XADD orders * field value").await;
        for asked in GUI {
            let reply = client.send(asked).await;
            assert_eq!(reply.error(), None, "{protocol}: {asked}");
        }
        let not_a_cluster = client.send("CLUSTER INFO").await;
        assert_eq!(not_a_cluster, "-ERR This instance has cluster support disabled");
    }
}

#[tokio::test]
async fn redis_cli_scans_topics() {
    let Some(redis_cli) = missing::require("redis-cli") else { return };
    let gateway = gateway().start().await;
    let names = (0..35).map(|at| format!("topic-{at}")).chain(["other".to_owned()]);
    topics(&mut gateway.client().await, names).await;

    let cli = ["-p", gateway.port()];
    let all = run(&redis_cli, &[&cli[..], &["--scan"]].concat(), "").await.output_of_success();
    let names: BTreeSet<_> = all.lines().collect();
    assert_eq!((all.lines().count(), names.len()), (36, 36), "{all}");

    let some = [&cli[..], &["--scan", "--pattern", "topic-?"]].concat();
    let some = run(&redis_cli, &some, "").await.output_of_success();
    assert_eq!(some.lines().count(), 10, "{some}");
}

#[tokio::test]
async fn redis_cli_finds_the_longest_and_the_heaviest_topic() {
    let Some(redis_cli) = missing::require("redis-cli") else { return };
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    topics(&mut client, (0..5).map(|at| format!("topic-{at}"))).await;
    let heavy = "x".repeat(10_000);
    for (topic, value) in [("long", "v"), ("long", "v"), ("long", "v"), ("heavy", &heavy)] {
        client.send_args(&["XADD", topic, "*", "field", value]).await;
    }

    let big = run(&redis_cli, &["-p", gateway.port(), "--bigkeys"], "").await.output_of_success();
    assert!(big.contains("Biggest stream found '\"long\"' has 3 entries"), "{big}");
    assert!(big.contains("7 streams with 9 entries"), "{big}");
    let heavy = run(&redis_cli, &["-p", gateway.port(), "--memkeys"], "").await;
    let heavy = heavy.output_of_success();
    assert!(heavy.contains("Biggest stream found '\"heavy\"' has 10"), "{heavy}");
}

#[tokio::test]
async fn redis_cli_measures_latency() {
    let Some(redis_cli) = missing::require("redis-cli") else { return };
    let gateway = gateway().start().await;

    let once = ["-p", gateway.port(), "--raw", "--latency"];
    let shown = run(&redis_cli, &once, "").await.output_of_success();
    // Least, most, mean, and how many.
    let numbers = shown.split_whitespace().map(str::parse::<f64>);
    assert_eq!(numbers.filter(Result::is_ok).count(), 4, "{shown}");

    let again = ["-p", gateway.port(), "--latency-history", "-i", "1"];
    terminal::watch(&redis_cli, &again, &["seconds range", "seconds range"]).await;
}

#[tokio::test]
async fn redis_cli_shows_statistics_line_by_line() {
    let Some(redis_cli) = missing::require("redis-cli") else { return };
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    topics(&mut client, (0..3).map(|at| format!("topic-{at}"))).await;

    let arguments = ["-p", gateway.port(), "--stat", "-i", "0.1"];
    // Keys, memory, clients: two lines of them, with the requests between them counted.
    let lines = ["keys", "\n3 ", "M ", "(+0)", "\n3 ", "M ", "(+1)"];
    let shown = terminal::watch(&redis_cli, &arguments, &lines).await;

    assert!(shown.contains("requests"), "{shown}");
}

#[tokio::test]
async fn a_scan_neither_loses_nor_repeats_topics_while_others_come() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    topics(&mut client, (0..40).map(|at| format!("stays-{at}"))).await;

    let (mut seen, mut cursor, mut round) = (Vec::new(), "0".to_owned(), 0);
    loop {
        let page = client.send(&format!("SCAN {cursor} MATCH stays-* COUNT 5")).await;
        let names = page.items()[1].items().iter();
        seen.extend(names.map(|name| String::from_utf8_lossy(name.bytes()).into_owned()));
        cursor = String::from_utf8_lossy(page.items()[0].bytes()).into_owned();
        if cursor == "0" {
            break;
        }
        topics(&mut client, std::iter::once(format!("comes-{round}"))).await;
        round += 1;
    }

    let once: BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), once.len()), (40, 40), "{seen:?}");
}

#[tokio::test]
async fn info_tells_exporters_what_they_read() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    topics(&mut client, (0..3).map(|at| format!("topic-{at}"))).await;

    let info = String::from_utf8_lossy(client.send("INFO").await.bytes()).into_owned();
    let value = |name: &str| {
        let line = info.lines().find_map(|line| line.strip_prefix(&format!("{name}:")));
        line.unwrap_or_else(|| panic!("INFO tells no {name}:\n{info}")).to_owned()
    };

    assert_eq!((value("connected_clients"), value("role")), ("1".into(), "master".into()));
    assert_eq!(value("db0"), "keys=3,expires=0,avg_ttl=0");
    assert!(value("used_memory").parse::<u64>().unwrap() > 1_000_000, "{info}");
    assert!(value("total_commands_processed").parse::<u64>().unwrap() >= 3, "{info}");
    assert!(value("total_net_input_bytes").parse::<u64>().unwrap() > 100, "{info}");
    for name in ["uptime_in_seconds", "instantaneous_ops_per_sec", "used_cpu_user", "maxmemory"] {
        value(name);
    }
}

#[tokio::test]
async fn the_slow_log_shows_commands_and_topics_but_never_what_clients_send() {
    let gateway = gateway().set("limits.slowlog_ms", 0).start().await;
    let mut client = gateway.client().await;
    client.send("CLIENT SETNAME somebody").await;
    client.send("XADD orders * card hidden-1 number hidden-2").await;
    client.send("XRANGE orders - + COUNT 7").await;
    client.send("AUTH default hidden-3").await;
    client.send("SET hidden-4 hidden-5").await;
    client.send("DEL 'hidden 6'").await;

    let log = client.send("SLOWLOG GET -1").await.to_string();

    assert!(!log.contains("hidden"), "{log}");
    assert!(log.contains("[$xadd, $orders, $(1 messages together)]"), "{log}");
    assert!(log.contains("[$xrange, $orders, $... (4 more arguments)]"), "{log}");
    assert!(log.contains("[$auth, $... (2 more arguments)]"), "{log}");
    assert!(log.contains("$somebody"), "{log}");
    assert_eq!(client.send("SLOWLOG RESET").await, "+OK");
    assert_eq!(client.send("SLOWLOG GET").await.items().len(), 1, "the reset itself");
}

#[tokio::test]
async fn waiting_for_entries_is_not_slow() {
    let gateway = gateway().set("limits.slowlog_ms", 1_500).start().await;
    let mut client = gateway.client().await;
    client.send("XADD orders * n 1").await;
    client.send("SLOWLOG RESET").await;

    client.send("XREAD BLOCK 2000 STREAMS orders $").await;

    assert_eq!(client.send("SLOWLOG LEN").await, ":0");
}

#[tokio::test]
async fn nobody_learns_of_topics_or_commands_of_others() {
    let users = r#"
        [[settings.users]]
        name = "ops"
        secret = "o"
        publish = ["*"]
        consume = ["*"]
        admin = true
        [[settings.users]]
        name = "shop"
        secret = "s"
        publish = ["shop-*"]
        consume = ["shop-*"]
    "#;
    let gateway = gateway().set("limits.slowlog_ms", 0).plugin("auth-static", users).start().await;
    let (mut ops, mut shop) = (gateway.client().await, gateway.client().await);
    ops.send("AUTH ops o").await;
    shop.send("AUTH shop s").await;
    topics(&mut ops, ["secret-plans", "shop-orders"].map(str::to_owned).into_iter()).await;

    assert_eq!(shop.send("ACL WHOAMI").await, "$shop");
    assert_eq!(shop.send("KEYS *").await, "[$shop-orders]");
    assert_eq!(shop.send("SCAN 0").await, "[$0, [$shop-orders]]");
    assert_eq!(shop.send("DBSIZE").await, ":1");
    assert_eq!(shop.send("EXISTS secret-plans shop-orders").await, ":1");
    assert_eq!(shop.send("TYPE secret-plans").await, "+none");
    assert_eq!(shop.send("TTL secret-plans").await, ":-2");
    assert_eq!(shop.send("MEMORY USAGE secret-plans").await, "nil");
    assert_eq!(shop.send("OBJECT ENCODING secret-plans").await, "nil");
    let keyspace = shop.send("INFO keyspace").await.to_string();
    assert!(keyspace.contains("keys=1,"), "{keyspace}");
    let slow = shop.send("SLOWLOG GET -1").await.to_string();
    assert!(slow.contains("$keys") && !slow.contains("$xadd"), "{slow}");
    assert!(shop.send("SLOWLOG RESET").await.error().is_some());
    assert!(ops.send("SLOWLOG GET -1").await.to_string().contains("$secret-plans"));
}
