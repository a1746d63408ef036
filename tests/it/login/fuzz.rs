//! DSNs of every kind: an error each time, and nobody else is hurt.

use sluicegate_tests::{
    Client,
    faults::random::Random,
    stores::{Row, Sidecar, Store},
};

use super::AWAY;

over!([no_dsn_hurts_the_gateway_or_its_neighbours]: fixed, redis, redis_workbench, mysql);

/// Generated ones.
const GENERATED: usize = 300;
/// What generated ones are made of.
const PIECES: &[&str] = &[
    "a",
    "key-a",
    ":",
    "secret-a",
    "@",
    "/",
    "topic=",
    "orders",
    "&",
    "=",
    "role=",
    "pub",
    "sub",
    "offset=",
    "ts:",
    "-1",
    "99999999999999999999",
    "\0",
    "\r\n",
    "é",
    "\u{1F980}",
    "%00",
    " ",
    "'",
    "\"",
    "`",
    ";--",
    "*",
    "?",
    "\\",
    "${HOME}",
    "{}",
    "block=",
    "batch=",
    "color=",
];

async fn no_dsn_hurts_the_gateway_or_its_neighbours(mut store: Store) {
    let row = Row::new("a");
    store.insert(&row).await;
    let mut gateway = store.gateway(Sidecar::default()).start().await;
    let mut neighbour = gateway.client_as(&row.dsn("pub")).await;
    let mut client = gateway.client().await;

    for (number, dsn) in all().iter().enumerate() {
        let replies = [
            client.send_args(&[b"AUTH", &dsn[..]]).await,
            client.send_args(&[b"AUTH", &b"default"[..], dsn]).await,
            client.send_args(&[&b"HELLO"[..], b"3", b"AUTH", b"default", dsn]).await,
        ];
        for reply in replies {
            let shown = dsn[..dsn.len().min(200)].escape_ascii();
            let code = reply.error().and_then(|text| text.split(' ').next().map(str::to_owned));
            let code = code.unwrap_or_else(|| panic!("{shown} was let in: {reply}"));
            assert_ne!(reply, AWAY, "{shown} made the store look as if it were away");
            assert!(["WRONGPASS", "ERR", "NOPERM"].contains(&&*code), "{shown}: {reply}");
        }
        if number % 20 == 0 {
            assert_eq!(neighbour.send("SET key 1").await, "+OK");
        }
    }
    too_large(&gateway.address, &mut neighbour).await;

    assert!(gateway.is_running());
    assert_eq!(client.send_args(&["AUTH", &row.dsn("pub")]).await, "+OK");
    assert!(!gateway.log().contains("panicked"), "{}", gateway.log());
}

/// 64 KiB are over the limit before login, which ends the connection as Redis does; a client that
/// is in gets an error and keeps its login.
async fn too_large(address: &str, neighbour: &mut Client) {
    let dsn = format!("key-a:{}@a/topic=orders&role=pub", "x".repeat(64 * 1024));
    let mut client = Client::connect(address).await.expect("it listens");
    let refused = client.send_args(&["AUTH", &dsn]).await;
    assert_eq!(refused, "-ERR Protocol error: unauthenticated bulk length");
    assert_eq!(client.next().await.expect("an end"), None);

    let refused = neighbour.send_args(&["AUTH", &dsn]).await;
    assert!(refused.error().is_some(), "{refused}");
    assert_eq!(neighbour.send("SET key 1").await, "+OK");
}

/// Picked by hand and made by chance; none of them lets anyone in.
fn all() -> Vec<Vec<u8>> {
    let long = "x".repeat(16_000);
    let mut all: Vec<Vec<u8>> = [
        "",
        "a:b/@",
        "@",
        ":",
        "/",
        ":@/",
        "@:/",
        "::@@//",
        "a:b@c",
        "a:b@c/",
        "key-a:secret-a@a/",
        "\0",
        "key-a:secret-a@a\0/topic=orders&role=pub",
        "key-a\0:secret-a@a/topic=orders&role=pub",
        "key-a:secret-a\0@a/topic=orders&role=pub",
        "key-a:secret-a@a/topic=orders\0&role=pub",
        "key-a:secret-a@a/topic=orders&role=pub\0",
        "key-a:secret-a@a/topic=orders&role=",
        "key-a:secret-a@' OR 1=1 --/topic=orders&role=pub",
        "key-a:secret-a@%/topic=orders&role=pub",
        "key-a:secret-a@?/topic=orders&role=pub",
        "key-a:secret-a@*/topic=*&role=pub",
        "key-a:secret-a@a/topic=*&role=pub",
        "key-a:secret-a@a/topic=../orders&role=pub",
        "key-ä:secret-ä@ä/topic=ördérs&role=pub",
        "\u{202E}:\u{200B}@\u{FEFF}/topic=orders&role=pub",
        "key-a:secret-a@a\r\nZADD x 1 y\r\n/topic=orders&role=pub",
        "key-a:secret-a@a/topic=orders&role=pub&block=-1",
        "${HOME}:${STORE_PASSWORD}@a/topic=orders&role=pub",
        "key-a:secret-a@a/topic=orders&role=pub&batch=4294967296",
        "topic=orders&role=pub",
    ]
    .iter()
    .map(|dsn| dsn.as_bytes().to_vec())
    .collect();
    for part in [
        "{}:s@a/topic=orders&role=pub",
        "k:{}@a/topic=orders&role=pub",
        "k:s@{}/topic=orders&role=pub",
        "k:s@a/topic={}&role=pub",
        "k:s@a/topic=orders&role={}",
        "k:s@a/{}",
        "{}",
        "@{}",
        "{}@",
    ] {
        all.push(part.replace("{}", &long).into_bytes());
        all.push([part.as_bytes(), b"\xff\xfe\xc0\x80"].concat());
    }
    all.extend([":", "@", "/", "&", "="].map(|piece| piece.repeat(16_000).into_bytes()));
    let mut random = Random::new(6);
    all.extend((0..GENERATED).map(|_| generated(&mut random)));
    all
}

fn generated(random: &mut Random) -> Vec<u8> {
    let pieces = random.between(1, 24);
    let made = (0..pieces).map(|_| PIECES[random.index(PIECES.len())]).collect::<String>();
    // By chance alone the right one would take for ever, but nothing keeps it out.
    if made.contains("key-a:secret-a@a/") { b"@".to_vec() } else { made.into_bytes() }
}
