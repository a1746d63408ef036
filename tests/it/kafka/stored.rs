//! What the gateway acknowledged is in Kafka, exactly.

use sluicegate_tests::{
    gateway,
    kafka::{self, Found},
};

use crate::databus::{DSN, databus, make_topic};

/// `Header{metadata: {a: b}}` of the databus dialect.
const HEADER: &[u8] = b"\x0a\x06\x0a\x01a\x12\x01b";

#[tokio::test]
async fn every_set_is_found_with_key_value_headers_and_in_order() {
    let Some(space) = kafka::space() else { return };
    let gateway = databus().kafka(&space).start().await;
    make_topic(&gateway, "orders", 3).await;
    let mut client = gateway.client_as(DSN).await;

    for n in 0..60 {
        let (key, value) = (format!("key-{}", n % 7), n.to_string());
        let reply = if n % 2 == 0 {
            client.send_args(&["SET", &key, &value]).await
        } else {
            client.send_args(&[b"HSET", key.as_bytes(), HEADER, value.as_bytes()]).await
        };
        assert_eq!(reply, "+OK");
    }

    let found = space.outside().await.read("orders").await;
    assert_eq!(found.len(), 60, "each once");
    for key in 0..7 {
        let key = format!("key-{key}");
        let of_key = |found: &&Found| found.key.as_deref() == Some(key.as_bytes());
        let of_key: Vec<_> = found.iter().filter(of_key).collect();
        let numbers: Vec<_> = of_key.iter().map(|found| number(found)).collect();
        assert!(numbers.is_sorted(), "{key}: {numbers:?}");
        assert!(of_key.iter().all(|found| found.partition == of_key[0].partition), "{key}");
    }
    for record in &found {
        let mut headers = vec![("color".to_owned(), Vec::new())];
        headers.extend((number(record) % 2 == 1).then(|| ("metadata".to_owned(), HEADER.to_vec())));
        assert_eq!(record.headers, headers);
    }
}

#[tokio::test]
async fn every_xadd_is_found_where_its_id_says() {
    let Some(space) = kafka::space() else { return };
    let gateway = gateway().kafka(&space).start().await;
    let mut client = gateway.client().await;
    assert_eq!(client.send("TOPIC CREATE wide PARTITIONS 4").await, "+OK");
    let mut wanted = Vec::new();
    for n in 0..40 {
        let id = client.send(&format!("XADD wide * value bare-{n}")).await;
        wanted.push((place(&String::from_utf8_lossy(id.bytes())), format!("bare-{n}")));
    }
    let id = client.send("XADD wide * a 1").await;
    let array = "*2\r\n$1\r\na\r\n$1\r\n1\r\n".to_owned();
    wanted.push((place(&String::from_utf8_lossy(id.bytes())), array));

    let found = space.outside().await.read("wide").await;

    let text = |found: &Found| String::from_utf8(found.value.clone().expect("it has a value"));
    let found = found.iter().map(|f| ((f.partition, f.offset), text(f).expect("it is text")));
    wanted.sort();
    assert_eq!(found.collect::<Vec<_>>(), wanted);
}

#[tokio::test]
async fn every_compression_is_understood_outside() {
    let Some(space) = kafka::space() else { return };
    let outside = space.outside().await;
    for compression in ["none", "gzip", "snappy", "lz4", "zstd"] {
        let setting = format!("compression = \"{compression}\"");
        let gateway = gateway().kafka(&space).cluster("main", &setting).start().await;
        let mut client = gateway.client().await;
        let adds: Vec<_> = (0..100)
            .map(|n| format!("XADD {compression} * value {n}-{}", "x".repeat(50)))
            .collect();
        let adds: Vec<_> = adds.iter().map(String::as_str).collect();
        let replies = client.pipeline(&adds).await;
        assert_eq!(replies.last().map(ToString::to_string).as_deref(), Some("$100-0"));

        let found = outside.read(compression).await;

        let numbers = found.iter().enumerate();
        let is_in_order = |(n, found): (usize, &Found)| {
            let value = found.value.as_deref().unwrap_or_default();
            value.starts_with(format!("{n}-x").as_bytes())
        };
        assert_eq!(found.len(), 100, "{compression}");
        assert!(numbers.into_iter().all(is_in_order), "{compression}");
    }
}

fn number(found: &Found) -> u64 {
    let value = found.value.as_deref().expect("it has a value");
    String::from_utf8_lossy(value).parse().expect("it is a number")
}

/// Partition and offset of an entry's id.
fn place(id: &str) -> (u32, u64) {
    let (position, partition) = id.split_once('-').expect("an id has two parts");
    let position: u64 = position.parse().expect("it is a number");
    (partition.parse().expect("it is a number"), position - 1)
}
