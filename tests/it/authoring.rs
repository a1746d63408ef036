//! Writing plugins: what their authors do and see, with the program alone.

mod bench; //     how fast they are
mod call; //      one call, shown as a trace
mod check; //     what a file is, and whether a gateway takes it
mod contract; //  the page about it
mod frozen; //    versions of it that were released
mod languages; // the same plugins in seven languages
mod wrong_turns; // what is said when something is wrong
mod dev; //       build on save, into a running gateway
mod log; //       the last lines about a plugin
mod recycling; // instances that grow
mod words; //     what a guest said before it failed

use std::collections::BTreeMap;

use sluicegate_tests::{Client, Reply};

/// What PLUGIN INFO tells, by name.
async fn info(client: &mut Client, plugin: &str) -> BTreeMap<String, String> {
    fields(&client.send(&format!("PLUGIN INFO {plugin}")).await)
}

/// Names and values of a map, as RESP2 has it.
fn fields(map: &Reply) -> BTreeMap<String, String> {
    let text = |reply: &Reply| reply.to_string().trim_start_matches(['$', ':']).to_owned();
    map.items().chunks(2).map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
}
