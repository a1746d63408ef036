//! What other producers write comes back right.

use std::collections::BTreeSet;

use sluicegate_tests::{
    gateway,
    kafka::{self, console_producer, kcat, kcat_aborted},
};

use super::{admin_of, until};
use crate::databus::{DSN, databus, drain, fields};

#[tokio::test]
async fn null_keys_tombstones_null_headers_and_repeated_names_of_kcat_are_shown() {
    let Some(space) = kafka::space() else { return };
    space.outside().await.create_topic("strange", 1, 1).await;
    let headers = ["-K", ":", "-Z", "-H", "h=1", "-H", "h=2", "-H", "none"];
    if !kcat(&space, "strange", &headers, "k:v\n:no key\ngone:\n").await {
        return;
    }
    let gateway = gateway().kafka(&space).start().await;
    let mut client = gateway.client().await;

    let headers = "$header:h, $1, $header:h, $2, $header:none, $";
    let all = format!(
        "[[$1-0, [$value, $v, $key, $k, {headers}]], \
         [$2-0, [$value, $no key, {headers}]], \
         [$3-0, [$key, $gone, {headers}]]]"
    );
    assert_eq!(client.send("XRANGE strange - +").await, all.as_str());
    assert_eq!(client.send("XREAD STREAMS strange 0").await, format!("[[$strange, {all}]]"));
}

#[tokio::test]
async fn null_headers_of_the_console_producer_are_shown() {
    let Some(space) = kafka::space() else { return };
    space.outside().await.create_topic("console", 1, 1).await;
    let properties =
        ["parse.key=true", "parse.headers=true", "null.marker=NULL", "key.separator=;"];
    let properties = [&properties[..], &["headers.delimiter=|"]].concat();
    let lines = "h:NULL,h:2|k;v\nh:1|NULL;no key\nh:1|gone;NULL\n";
    console_producer(&space, "console", &properties, &[], lines).await;
    let gateway = gateway().kafka(&space).start().await;

    let shown = gateway.client().await.send("XRANGE console - +").await;

    assert_eq!(
        shown,
        "[[$1-0, [$value, $v, $key, $k, $header:h, $, $header:h, $2]], \
         [$2-0, [$value, $no key, $header:h, $1]], \
         [$3-0, [$key, $gone, $header:h, $1]]]"
    );
}

#[tokio::test]
async fn compressed_batches_in_sixteen_partitions_are_all_read() {
    let Some(space) = kafka::space() else { return };
    space.outside().await.create_topic("orders", 16, 1).await;
    let mut wanted = BTreeSet::new();
    for compression in ["none", "gzip", "snappy", "lz4", "zstd"] {
        let values: Vec<_> = (0..200).map(|n| format!("{compression}-{n}")).collect();
        let lines: Vec<_> = values.iter().map(|value| format!("{value}:{value}\n")).collect();
        let options = ["-K", ":", "-z", compression];
        if !kcat(&space, "orders", &options, &lines.concat()).await {
            return;
        }
        wanted.extend(values);
    }
    let options = ["--compression-codec", "lz4"];
    console_producer(&space, "orders", &[], &options, "from java\n").await;
    wanted.insert("from java".to_owned());
    let gateway = databus().kafka(&space).start().await;

    let mut admin = admin_of(&gateway).await;
    assert_eq!(admin.send("XLEN orders").await, format!(":{}", wanted.len()));
    let mut ranged = 0;
    for partition in 0..16 {
        ranged += admin.send(&format!("XRANGE orders:{partition} - +")).await.items().len();
    }
    assert_eq!(ranged, wanted.len());
    let mut consumer = gateway.client_as(&format!("{DSN}&offset=oldest&block=3000")).await;
    let shown = drain(&mut consumer, "MGET").await;
    let value = |json: &Vec<u8>| fields(json)["value"].as_str().unwrap_or_default().to_owned();
    assert_eq!(shown.len(), wanted.len(), "each once");
    assert_eq!(shown.iter().map(value).collect::<BTreeSet<_>>(), wanted);
}

#[tokio::test]
async fn an_aborted_transaction_is_never_shown() {
    let Some(space) = kafka::space() else { return };
    let outside = space.outside().await;
    outside.create_topic("orders", 1, 1).await;
    let id = format!("transactional.id={}good", space.prefix());
    if !kcat_aborted(&space, "orders", &[], "\"never\"\n\"never\"\n").await {
        return;
    }
    kcat(&space, "orders", &["-X", &id], "\"first\"\n\"second\"\n").await;
    kcat_aborted(&space, "orders", &[], "\"never\"\n").await;
    kcat(&space, "orders", &[], "\"third\"\n").await;
    let gateway = databus().kafka(&space).start().await;

    let mut admin = admin_of(&gateway).await;
    let ranged = until(&mut admin, "XRANGE orders - +", |all| all.items().len() >= 3).await;
    let values: Vec<_> = ranged.items().iter().map(|e| e.items()[1].items()[1].clone()).collect();
    let values: Vec<_> = values.iter().map(ToString::to_string).collect();
    assert_eq!(values, ["$\"first\"", "$\"second\"", "$\"third\""]);
    let read = admin.send("XREAD STREAMS orders 0").await;
    assert_eq!(read, format!("[[$orders, {ranged}]]"));
    let last = ranged.items()[2].items()[0].to_string();
    let behind = admin.send(&format!("XREAD BLOCK 100 STREAMS orders {}", &last[1..])).await;
    assert_eq!(behind, "nil", "only a control record may come");
    let mut consumer = gateway.client_as(&format!("{DSN}&offset=oldest&block=3000")).await;
    assert_eq!(drain(&mut consumer, "MGET").await.len(), 3);
}
