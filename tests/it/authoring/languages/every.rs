//! The template with all five roles: each does what its words say, in every language alike.

use sluicegate_tests::{
    Client, Gateway,
    authoring::{Kind, Language, built},
    gateway,
    gateway::read,
};
use toml::{Table, Value};

use super::stored::{stored, without_plugin};

super::in_every_language!(plays_all_five_roles_alike);

/// FNV-1a of the key modulo 5, by a program apart.
const PARTITIONS: [(&str, u32); 6] =
    [("", 1), ("a", 0), ("b", 2), ("foobar", 0), ("key-1", 3), ("ключ", 3)];

const SETTINGS: &str = "[settings]\nsecret = 'sesame'\nreply = 'PONG'";

async fn plays_all_five_roles_alike(language: Language) {
    let Some(component) = built(language, Kind::Every).await else { return };
    let wasm = read(&component);
    let keyed = "key_field = 'key'".parse::<Table>().expect("it is TOML");
    let gateway = gateway()
        .set("streams.demo-keys", Value::Table(keyed))
        .plugin_file("every", &wasm, SETTINGS)
        .plugin("operator", "order = 1")
        .start()
        .await;
    let mut client = gateway.client().await;

    authenticates(&mut client).await;
    filters(&mut client).await;
    routes(&mut client).await;
    partitions(&gateway).await;
    transcodes(&gateway, &mut client, &wasm).await;
}

async fn operator(gateway: &Gateway) -> Client {
    let mut client = gateway.client().await;
    assert_eq!(client.send("AUTH operator operator").await, "+OK");
    client
}

async fn authenticates(client: &mut Client) {
    let wrong = client.send("AUTH demo wrong").await;
    assert_eq!(wrong.error(), Some("WRONGPASS wrong user or secret"));
    assert!(
        client
            .send("AUTH other sesame")
            .await
            .error()
            .is_some_and(|text| text.starts_with("WRONGPASS"))
    );
    assert_eq!(client.send("AUTH demo sesame").await, "+OK");
    assert!(
        client
            .send("XADD elsewhere * value x")
            .await
            .error()
            .is_some_and(|text| text.starts_with("NOPERM"))
    );
}

async fn filters(client: &mut Client) {
    assert_eq!(client.send("XADD demo * value ping").await.error(), None);
    let empty = client.send("XADD demo * value \"\"").await;
    assert_eq!(empty.error(), Some("REJECTED every empty-value: the value is empty"));
    assert_eq!(client.send("XADD demo * value pingpong").await.error(), None);
    let shown = client.send("XRANGE demo - +").await;
    assert_eq!(shown, "[[$1-0, [$value, $PONG]], [$2-0, [$value, $pingpong]]]");
}

async fn routes(client: &mut Client) {
    assert_eq!(client.send("XADD demo-old * value moved").await.error(), None);
    assert_eq!(client.send("XRANGE demo-new - +").await, "[[$1-0, [$value, $moved]]]");
    assert_eq!(client.send("XADD demo-older * value stays").await.error(), None);
    assert_eq!(client.send("XLEN demo-older").await, ":1");
}

async fn partitions(gateway: &Gateway) {
    let mut operator = operator(gateway).await;
    assert_eq!(operator.send("TOPIC CREATE demo-keys PARTITIONS 5").await, "+OK");
    // One burst: all keys in one call.
    let lines: Vec<_> = PARTITIONS
        .iter()
        .map(|(key, _)| format!("XADD demo-keys * key \"{key}\" value v"))
        .collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let replies = operator.pipeline(&lines).await;
    for ((key, wanted), reply) in PARTITIONS.iter().zip(replies) {
        assert!(reply.to_string().ends_with(&format!("-{wanted}")), "{key:?}: {reply}");
    }
    assert_eq!(operator.send("XADD demo-keys * value nokey").await.error(), None);
}

async fn transcodes(gateway: &Gateway, client: &mut Client, wasm: &[u8]) {
    let bytes: Vec<u8> = (0..=255).collect();
    let sent = client.send_args(&[&b"XADD"[..], b"demo-hex", b"*", b"value", &bytes]).await;
    assert_eq!(sent.error(), None);
    let mut operator = operator(gateway).await;
    assert_eq!(stored(&mut operator, "demo-hex").await[0]["value"], bytes, "shown as it was sent");

    without_plugin(gateway, &mut operator, "every").await;
    assert_eq!(stored(&mut operator, "demo-hex").await[0]["value"], hexadecimal(&bytes));
    assert_eq!(stored(&mut operator, "demo").await[0]["value"], b"504f4e47");

    marks_what_it_cannot_decode(gateway, wasm, &bytes).await;
}

/// What is not hexadecimal is shown as it is stored, marked.
async fn marks_what_it_cannot_decode(gateway: &Gateway, wasm: &[u8], first: &[u8]) {
    let mut operator = operator(gateway).await;
    assert_eq!(operator.send("XADD demo-hex * value 0g").await.error(), None);
    gateway.drop_in("every", wasm, SETTINGS);
    assert_eq!(operator.send("PLUGIN RELOAD").await.error(), None);

    let shown = stored(&mut operator, "demo-hex").await;
    assert_eq!((&*shown[0]["value"], &*shown[1]["value"]), (first, &b"0g"[..]));
    assert!(shown[1].contains_key("header:sluicegate-decode-error"), "{shown:?}");
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: &u8| [byte / 16, byte % 16].map(|digit| DIGITS[usize::from(digit)]);
    bytes.iter().flat_map(digits).collect()
}
