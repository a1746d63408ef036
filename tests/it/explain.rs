//! EXPLAIN: what a command would do, told without doing it.

mod forms; //      as lines, as a map, as JSON
mod groups; //     commands of consumer groups
mod promise; //    any conversation: nothing changes, and what is foretold comes true
mod publishing; // every command that publishes
mod reading; //    every command that reads
mod rights; //     who may ask, and for what
mod state; //      all that can be seen of a gateway

use serde_json::Value;
use sluicegate_tests::{Client, Reply, client::split};

use state::State;

/// What EXPLAIN tells of a command that is not refused.
async fn explain(client: &mut Client, line: &str) -> Value {
    let told = foretold(client, &split(line)).await;
    assert!(told.get("command").is_some(), "{line}: {told}");
    told
}

/// The same, or `{"error": …}` where the command itself would be refused.
async fn foretold(client: &mut Client, args: &[String]) -> Value {
    let request: Vec<_> =
        ["EXPLAIN", "JSON"].map(str::to_owned).into_iter().chain(args.iter().cloned()).collect();
    let reply = client.send_args(&request).await;
    match &reply {
        Reply::Bulk(json) => serde_json::from_slice(json).expect("it is JSON"),
        _ => json(&reply),
    }
}

/// Explains a command, looks that nothing has changed, then says it: what was foretold comes true.
/// Answers what was told.
async fn comes_true(client: &mut Client, args: &[String]) -> Value {
    let before = State::before(client).await;
    let told = foretold(client, args).await;
    let after = State::after(client).await;
    assert_eq!(before, after, "nothing changes by EXPLAIN {args:?}");

    let reply = json(&client.send_args(args).await);

    let wanted = if told.get("command").is_some() { &told["reply"] } else { &told };
    assert_eq!(*wanted, reply, "{args:?} was explained as {told:#}");
    told
}

/// The same for a line.
async fn line_comes_true(client: &mut Client, line: &str) -> Value {
    comes_true(client, &split(line)).await
}

/// A reply as EXPLAIN tells it.
fn json(reply: &Reply) -> Value {
    match reply {
        Reply::Simple(text) | Reply::Other(text) => text.as_str().into(),
        Reply::Error(text) => serde_json::json!({ "error": text }),
        Reply::Integer(number) => (*number).into(),
        Reply::Bulk(bytes) => String::from_utf8(bytes.clone()).expect("only texts are said").into(),
        Reply::Null => Value::Null,
        Reply::Array(items) | Reply::Push(items) => items.iter().map(json).collect(),
        Reply::Map(_) => panic!("RESP2 has no maps: {reply}"),
    }
}

/// The words of one list in what was told.
fn words(told: &Value, list: &str) -> Vec<String> {
    let words = told[list].as_array().expect("a list").iter();
    words.map(|word| word.as_str().expect("a sentence").to_owned()).collect()
}

/// `kind` of each trace's end.
fn ends(told: &Value) -> Vec<&str> {
    let traces = told["traces"].as_array().expect("a list").iter();
    traces.map(|trace| trace["end"]["kind"].as_str().expect("it has ended")).collect()
}

/// `plugin call` of each step of the first trace.
fn steps(told: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let steps = told["traces"][0]["steps"].as_array().expect("a list").iter();
    steps.map(|step| format!("{} {}", text(&step["plugin"]), text(&step["call"]))).collect()
}
