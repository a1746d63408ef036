//! What lies in a topic when no plugin stands between.

use std::collections::BTreeMap;

use sluicegate_tests::{Client, Gateway, Reply};

/// A record as fields: `value`, `key`, `header:NAME`.
pub(super) type Fields = BTreeMap<String, Vec<u8>>;

/// Takes the plugin out of the folder and the chain.
pub(super) async fn without_plugin(gateway: &Gateway, client: &mut Client, name: &str) {
    std::fs::remove_file(gateway.plugins().join(format!("{name}.wasm"))).expect("it is there");
    assert_eq!(client.send("PLUGIN RELOAD").await.error(), None);
}

/// All records of a topic in order.
pub(super) async fn stored(client: &mut Client, topic: &str) -> Vec<Fields> {
    let Reply::Array(entries) = client.send(&format!("XRANGE {topic} - +")).await else {
        panic!("XRANGE gives entries")
    };
    entries.iter().map(fields).collect()
}

fn fields(entry: &Reply) -> Fields {
    let Reply::Array(parts) = entry else { panic!("an entry is an array: {entry}") };
    let Reply::Array(fields) = &parts[1] else { panic!("its fields are an array: {entry}") };
    let name = |field: &Reply| String::from_utf8_lossy(field.bytes()).into_owned();
    fields.chunks_exact(2).map(|pair| (name(&pair[0]), pair[1].bytes().to_vec())).collect()
}
