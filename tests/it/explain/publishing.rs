//! XADD with every option, PUBLISH, SPUBLISH, and the databus dialect's SET and HSET.

use sluicegate_tests::gateway;

use super::{comes_true, ends, explain, line_comes_true, steps, words};
use crate::databus::{DSN, databus, make_topic};

const FILTER: &str = "topics = [\"orders\"]\n[settings]\nrequired = [\"id\"]\n";
const ROUTES: &str =
    "[[settings.rules]]\ntopic = \"events\"\nfield = \"kind\"\nto = \"events.{value}\"";

#[tokio::test]
async fn an_xadd_is_told_from_its_filter_to_its_place() {
    let gateway = gateway().plugin("filter-json", FILTER).start().await;
    let mut client = gateway.client().await;

    let told = line_comes_true(&mut client, r#"XADD orders * value '{"id":1}'"#).await;
    assert_eq!(steps(&told), ["filter-json filter.on-produce"]);
    assert_eq!(words(&told, "changes"), ["topic `orders` would be made, with 1 partition"]);
    let end = &told["traces"][0]["end"];
    assert_eq!(
        (&end["kind"], &end["offset"], &end["makes_topic"]),
        (&"stored".into(), &0.into(), &1.into())
    );
    assert_eq!(end["record"]["value"], r#"{"id":1}"#);

    let told = line_comes_true(&mut client, "XADD orders * value none").await;
    assert_eq!(ends(&told), ["refused"]);
    let error = told["reply"]["error"].as_str().expect("it would be refused");
    assert!(error.starts_with("REJECTED filter-json not-json"), "{error}");
    assert_eq!(words(&told, "changes"), [""; 0]);
}

#[tokio::test]
async fn every_option_of_xadd_comes_true() {
    let gateway = gateway().embedded().start().await;
    let mut client = gateway.client().await;
    for (line, end) in [
        ("XADD fresh NOMKSTREAM * a b", None),
        ("XADD orders * a b", Some("stored")),
        ("XADD orders 2-0 a b", Some("stored")),
        ("XADD orders 2-0 a b", Some("refused")),
        ("XADD orders 9-0 a b", Some("refused")),
        ("XADD orders MAXLEN = 2 * a b", Some("stored")),
        ("XADD orders MAXLEN ~ 1 LIMIT 1 * a b", Some("stored")),
        ("XADD orders MINID 4 NOMKSTREAM * a b", Some("stored")),
        ("XADD orders IDMP p id-1 * a b", Some("stored")),
        ("XADD orders IDMP p id-1 * a b", None),
        ("XADD orders IDMPAUTO p * a b", Some("stored")),
        ("XADD orders:0 * a b", Some("stored")),
        ("XADD orders:7 * a b", Some("refused")),
        ("XADD orders * a", None),
        ("XADD orders MAXLEN none * a b", None),
    ] {
        let told = line_comes_true(&mut client, line).await;
        if told.get("command").is_some() {
            assert_eq!(ends(&told), end.into_iter().collect::<Vec<_>>(), "{line}: {told:#}");
        }
    }
    let told = explain(&mut client, "XADD orders MAXLEN = 1 * a b").await;
    let told = words(&told, "changes");
    assert!(told[0].contains("of orders/0 would be deleted"), "{told:?}");
    let told = explain(&mut client, "XADD fresh NOMKSTREAM * a b").await;
    assert_eq!(words(&told, "notes"), ["there is no such topic, and NOMKSTREAM makes none"]);
    let told = explain(&mut client, "XADD orders IDMP p id-1 * a b").await;
    assert_eq!(words(&told, "notes"), ["this id is stored already: the answer is its place"]);
}

#[tokio::test]
async fn a_published_message_is_told_with_its_receivers() {
    let gateway = gateway().start().await;
    let (mut client, mut listener) = (gateway.client().await, gateway.client().await);
    listener.send("SUBSCRIBE orders").await;

    for command in ["PUBLISH", "SPUBLISH"] {
        let told = line_comes_true(&mut client, &format!("{command} orders hello")).await;
        assert_eq!((&told["reply"], ends(&told)), (&1.into(), vec!["stored"]));
    }
    let shown = listener.reply().await;
    assert_eq!(shown, "[$message, $orders, $hello]", "nothing came of EXPLAIN");
}

#[tokio::test]
async fn a_router_and_a_partitioner_are_told_with_their_choice() {
    let gateway = gateway()
        .plugin("route-rules", ROUTES)
        .plugin("partition-hash", "[settings]\nformula = \"round-robin\"")
        .set("topics.partitions", 3)
        .start()
        .await;
    let mut client = gateway.client().await;

    let mut places = Vec::new();
    for _ in 0..4 {
        let told = line_comes_true(&mut client, r#"XADD events * value '{"kind":"sale"}'"#).await;
        let wanted = ["route-rules router.route", "partition-hash partitioner.partition-many"];
        assert_eq!(steps(&told), wanted);
        let end = &told["traces"][0]["end"];
        assert_eq!(end["topic"], "events.sale");
        places.push(end["partition"].as_u64().expect("a partition"));
    }
    assert_eq!(places[..3].iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
    assert_eq!(places[0], places[3], "EXPLAIN takes no turn");
}

#[tokio::test]
async fn what_the_databus_dialect_publishes_comes_true() {
    let gateway = databus().start().await;
    make_topic(&gateway, "orders", 3).await;
    let mut client = gateway.client_as(DSN).await;
    let header = "\n\u{6}\n\u{1}a\u{12}\u{1}b";
    for args in [vec!["SET", "key", "1"], vec!["HSET", "key", header, "2"]] {
        let args: Vec<_> = args.into_iter().map(str::to_owned).collect();
        let told = comes_true(&mut client, &args).await;
        assert_eq!((&told["reply"], ends(&told)), (&"OK".into(), vec!["stored"]), "{told:#}");
        assert_eq!(told["traces"][0]["end"]["record"]["key"], "key");
    }
}
