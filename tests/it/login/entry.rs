//! The ways in: a DSN in each of its forms, and a name with its password.

use sluicegate_tests::{
    Client, Reply,
    stores::{Row, Sidecar, Store},
};

over!([
    rows_as_documented_let_every_form_of_login_in,
    a_plain_login_gets_streams_and_no_databus_commands,
    the_same_rows_open_http,
]: fixed, redis, redis_workbench, mysql);

/// The forms in which clients send a DSN.
const FORMS: [&str; 5] = [
    "AUTH {}",
    "AUTH default {}",
    "HELLO 2 AUTH default {} SETNAME name",
    "HELLO 3 AUTH default {} SETNAME name",
    "HELLO 3 AUTH default {}",
];

async fn rows_as_documented_let_every_form_of_login_in(mut store: Store) {
    let row = Row::example();
    store.insert(&row).await;
    let gateway = store.gateway(Sidecar::default()).start().await;

    for form in FORMS {
        let mut client = gateway.client().await;
        let reply = client.send(&form.replace("{}", &row.dsn("pubsub"))).await;
        assert_eq!(reply.error(), None, "{form}");
        assert_eq!(client.send_args(&["SET", "x", "\"xx\""]).await, "+OK", "{form}");
        let shown = next_message(&mut client).await;
        assert!(shown.starts_with(r#"{"key":"x","value":"xx","topic":"test156""#), "{shown}");
        if form.contains("SETNAME") {
            assert_eq!(client.send("CLIENT GETNAME").await, "$name");
        }
    }
}

async fn a_plain_login_gets_streams_and_no_databus_commands(mut store: Store) {
    let (both, reads) = (Row::new("both"), Row::new("reads").operation(1));
    store.insert(&both).await;
    store.insert(&reads).await;
    let gateway = store.gateway(Sidecar::default()).start().await;

    let mut client = gateway.client().await;
    assert_eq!(client.send("AUTH both secret-both").await, "+OK");
    assert_eq!(client.send("XADD orders * f v").await, "$1-0");
    assert_eq!(client.send("XRANGE orders - +").await, "[[$1-0, [$f, $v]]]");
    for (command, code) in [
        ("SET key 1", "ERR command not support"),
        ("MGET", "ERR command not support"),
        ("XADD bills * f v", "NOPERM"),
        ("TOPIC CREATE x", "NOPERM"),
    ] {
        let reply = client.send(command).await;
        assert!(reply.error().is_some_and(|text| text.starts_with(code)), "{command}: {reply}");
    }

    let mut reader = gateway.client().await;
    assert_eq!(reader.send("HELLO 2 AUTH reads secret-reads").await.error(), None);
    assert_eq!(reader.send("XRANGE orders - +").await, "[[$1-0, [$f, $v]]]");
    let reply = reader.send("XADD orders * f v").await;
    assert!(reply.error().is_some_and(|text| text.starts_with("NOPERM")), "{reply}");

    let mut stranger = gateway.client().await;
    for wrong in ["AUTH both secret-reads", "AUTH nobody secret-both", "AUTH both ''"] {
        let reply = stranger.send(wrong).await;
        assert!(
            reply.error().is_some_and(|text| text.starts_with("WRONGPASS")),
            "{wrong}: {reply}"
        );
    }
}

async fn the_same_rows_open_http(mut store: Store) {
    let (row, reads) = (Row::new("a"), Row::new("reads").operation(1));
    store.insert(&row).await;
    store.insert(&reads).await;
    let gateway = store.gateway(Sidecar::default()).set("http.address", "127.0.0.1:0");
    let gateway = gateway.start().await;
    let mut http = gateway.http().await;
    let body = r#"{"records":[{"key":"x","value":1}]}"#;

    for (group, login, status) in [
        ("a", "key-a:secret-a", 200),
        ("a", "key-a:wrong", 401),
        ("a", "key-reads:secret-a", 401),
        ("nobody", "key-a:secret-a", 401),
        ("reads", "key-reads:secret-reads", 403),
    ] {
        let request = format!("POST /databus/pub?topic=orders&group={group}");
        let answer = http.send(&request, login, body).await;
        assert_eq!(answer.status, status, "{group} {login}: {answer:?}");
    }
    let mut client = gateway.client_as(&row.dsn("sub")).await;
    assert!(next_message(&mut client).await.starts_with(r#"{"key":"x","value":1,"#));
}

/// The next message as text: the first MGET of a group may come before its partitions.
async fn next_message(client: &mut Client) -> String {
    for _ in 0..60 {
        let batch = client.send("MGET").await;
        if let Some(message) = batch.items().first().map(Reply::bytes) {
            return String::from_utf8_lossy(message).into_owned();
        }
    }
    panic!("nothing came");
}
